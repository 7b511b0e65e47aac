//! One client's connections: half of all at most, so that nobody takes every place. A whole campus may be behind one
//! address, so it is not fewer.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::Counter;

/// What the machine itself connects from: proxies on it, behind which is everybody.
const LOOPBACK: [IpNet; 2] =
    [IpNet::new_assert(IpAddr::V4(Ipv4Addr::LOCALHOST), 8), IpNet::new_assert(IpAddr::V6(Ipv6Addr::LOCALHOST), 128)];

/// The clients that are connected, and those that had too many connections.
#[derive(Debug)]
pub(crate) struct Clients {
    most: usize,
    exempt: Vec<IpNet>,
    /// Connections by client, as long as there are any: never more entries than connections.
    open: Mutex<HashMap<IpAddr, usize>>,
    refused: Counter,
}

/// A connection of a client, until dropped.
pub(super) struct Share {
    clients: Arc<Clients>,
    /// Whose it counts as; nobody's where the address is exempt.
    client: Option<IpAddr>,
}

impl Clients {
    /// Of a listener with so many connections; `balancers` and the machine itself may have all of them.
    pub(crate) fn new(connections: usize, balancers: &[IpNet]) -> Arc<Self> {
        Self::but(connections, [&LOOPBACK, balancers].concat())
    }

    pub(super) fn but(connections: usize, exempt: Vec<IpNet>) -> Arc<Self> {
        let (open, refused) = Default::default();
        Arc::new(Self { most: connections.div_ceil(2), exempt, open, refused })
    }

    /// Counts a connection from an address; none where its client has as many as it may.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Share> {
        let address = address.to_canonical();
        let client = (!self.exempt.iter().any(|range| range.contains(&address))).then(|| client(address));
        if let Some(client) = client {
            let mut open = self.open();
            let connections = open.get(&client).copied().unwrap_or(0);
            if connections >= self.most {
                self.refused.inc();
                return None;
            }
            open.insert(client, connections + 1);
        }
        Some(Share { clients: Arc::clone(self), client })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Some(client) = self.client else { return };
        if let Entry::Occupied(mut connections) = self.clients.open().entry(client) {
            match *connections.get() {
                ..=1 => drop(connections.remove()),
                more => *connections.get_mut() = more - 1,
            }
        }
    }
}

impl Collector for Clients {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        let help = "Connections closed at once, for their client has as many as it may";
        let kind = self.refused.metric_type();
        self.refused.encode(encoder.encode_descriptor("preau_connections_refused", help, None, kind)?)
    }
}

/// Whose an address is: IPv6 is given out by networks of 64 bits, in which one machine has as many addresses as it likes.
fn client(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// How many of these addresses get a connection, one after the other, where there are `connections` in all.
    fn admitted(connections: usize, balancers: &[&str], addresses: &[&str]) -> Vec<bool> {
        let balancers: Vec<_> = balancers.iter().map(|range| range.parse().unwrap()).collect();
        let clients = Clients::new(connections, &balancers);
        let shares: Vec<_> = addresses.iter().map(|address| clients.admit(address.parse().unwrap())).collect();
        let refused = shares.iter().filter(|share| share.is_none()).count();
        assert_eq!(clients.refused.get(), refused as u64);
        shares.iter().map(Option::is_some).collect()
    }

    #[test]
    fn a_client_has_half_of_all_connections() {
        let one = ["192.0.2.1"; 4];
        assert_eq!(admitted(4, &[], &one), [true, true, false, false]);
        assert_eq!(admitted(5, &[], &one), [true, true, true, false]);
        assert_eq!(admitted(1, &[], &one), [true, false, false, false], "one at least");
        assert_eq!(admitted(2, &[], &["192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3"]), [true, true, false, true]);
    }

    #[test]
    fn however_an_address_is_written_or_its_network_used_it_is_one_client() {
        assert_eq!(admitted(2, &[], &["192.0.2.1", "::ffff:192.0.2.1"]), [true, false]);
        assert_eq!(admitted(2, &[], &["2001:db8:0:1::1", "2001:db8:0:1:ffff::2"]), [true, false]);
        assert_eq!(admitted(2, &[], &["2001:db8:0:1::1", "2001:db8:0:2::1"]), [true, true]);
    }

    #[test]
    fn the_machine_itself_and_balancers_may_have_all() {
        let exempt = ["127.0.0.1", "127.9.0.1", "::1", "::ffff:127.0.0.1", "10.2.0.7", "::ffff:10.2.0.7", "fd00::7"];
        for address in exempt {
            assert_eq!(admitted(2, &["10.2.0.0/24", "fd00::/64"], &[address; 3]), [true; 3], "{address}");
        }
        assert_eq!(admitted(2, &["10.2.0.0/24"], &["10.2.1.7"; 2]), [true, false]);
    }

    #[test]
    fn who_has_left_is_not_remembered() {
        let clients = Clients::new(6, &[]);
        let admit = |address: &str| clients.admit(address.parse().unwrap());
        let [first, second, third] = ["192.0.2.1"; 3].map(admit);
        drop((admit("192.0.2.1"), admit("192.0.2.2"), admit("127.0.0.1")));
        drop((first, second));
        assert_eq!(*clients.open(), HashMap::from([("192.0.2.1".parse().unwrap(), 1)]));
        drop(third);
        assert!(clients.open().is_empty());
    }
}
