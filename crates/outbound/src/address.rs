//! Which addresses may be connected to: public ones, and what the operator declared.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use crate::{Failure, FailureKind, Rules};

/// How far a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To public and declared addresses.
    Allowed,
    /// To declared addresses only: what is sent can be read on the way.
    Declared,
}

/// Refuses an address of `host` that is out of reach.
pub(crate) fn check(host: &str, ip: IpAddr, rules: &Rules, reach: Reach) -> Result<(), Failure> {
    let ip = ip.to_canonical();
    let kind = kind(ip);
    if kind != Some(METADATA) && declared(ip, rules) {
        return Ok(());
    }
    let message = match (kind, reach) {
        (None, Reach::Allowed) => return Ok(()),
        (Some(METADATA), _) => format!("{host} leads to {ip}, {METADATA}, which no source ever reaches"),
        (Some(kind), _) => {
            let what = if host.parse() == Ok(ip) { format!("{ip} is") } else { format!("{host} resolves to {ip},") };
            format!("{what} {kind}: the operator can allow it in preau.toml, [outbound.private]")
        }
        (None, Reach::Declared) if rules.plain_http => {
            format!(
                "{host} is addressed with credentials over plain http, where anyone on the way can read them: write https"
            )
        }
        (None, Reach::Declared) => format!(
            "{host} is addressed over plain http, which anyone on the way can read and change: write https, or plain_http = true for open data"
        ),
    };
    Err(Failure::new(FailureKind::Rejected, message))
}

fn declared(ip: IpAddr, rules: &Rules) -> bool {
    let inside = |ip: IpAddr| rules.private.iter().any(|range| range.contains(&ip));
    inside(ip) || translated(ip).is_some_and(|ip| inside(ip.into()))
}

/// What an address is, where it is not a public one.
fn kind(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => V4.iter().find(|(range, _)| range.contains(&ip)).map(|(_, kind)| *kind),
        IpAddr::V6(_) if let Some(ip) = translated(ip) => kind(ip.into()),
        IpAddr::V6(ip) => {
            let special = V6.iter().find(|(range, _)| range.contains(&ip)).map(|(_, kind)| *kind);
            special.or_else(|| (!GLOBAL_UNICAST.contains(&ip)).then_some("a reserved address"))
        }
    }
}

/// The IPv4 address that a NAT64 gateway would connect to (RFC 6052, the well-known prefix).
fn translated(ip: IpAddr) -> Option<Ipv4Addr> {
    match ip {
        IpAddr::V6(ip) if NAT64.contains(&ip) => {
            let [.., a, b, c, d] = ip.octets();
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => None,
    }
}

/// Where a cloud tells the machine's own credentials to whoever asks: not for sources, however wide a declared range is.
const METADATA: &str = "a cloud's metadata address";

/// IANA's special-purpose registry, and where clouds serve the credentials of a machine.
const V4: &[(Ipv4Net, &str)] = &[
    (v4([169, 254, 169, 254], 32), METADATA),
    (v4([100, 100, 100, 200], 32), METADATA),
    (v4([192, 0, 0, 192], 32), METADATA),
    (v4([168, 63, 129, 16], 32), METADATA),
    (v4([0, 0, 0, 0], 8), "an unspecified address"),
    (v4([10, 0, 0, 0], 8), "a private address"),
    (v4([100, 64, 0, 0], 10), "a private address of a provider (CGNAT)"),
    (v4([127, 0, 0, 0], 8), "a loopback address"),
    (v4([169, 254, 0, 0], 16), "a link-local address"),
    (v4([172, 16, 0, 0], 12), "a private address"),
    (v4([192, 0, 0, 0], 24), "a reserved address"),
    (v4([192, 0, 2, 0], 24), "an address of documentation"),
    (v4([192, 88, 99, 0], 24), "a reserved address"),
    (v4([192, 168, 0, 0], 16), "a private address"),
    (v4([198, 18, 0, 0], 15), "an address of benchmarks"),
    (v4([198, 51, 100, 0], 24), "an address of documentation"),
    (v4([203, 0, 113, 0], 24), "an address of documentation"),
    (v4([224, 0, 0, 0], 4), "a multicast address"),
    (v4([240, 0, 0, 0], 4), "a reserved address"),
];

/// The same, of which 6to4 and Teredo carry IPv4 addresses that nobody checked.
const V6: &[(Ipv6Net, &str)] = &[
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), "an unspecified address"),
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), "a loopback address"),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128), METADATA),
    (v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), METADATA),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), "a private address"),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), "a link-local address"),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), "a multicast address"),
    (v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48), "an address of benchmarks"),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), "an address of documentation"),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), "an address of documentation"),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), "a reserved address"),
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), "a reserved address"),
];

const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), length)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn refusal(ip: &str, private: &[&str], reach: Reach) -> Option<String> {
        let rules = Rules { private: private.iter().map(|range| range.parse().unwrap()).collect(), ..Rules::default() };
        check("edt.univ.fr", ip.parse().unwrap(), &rules, reach).err().map(|failure| failure.message)
    }

    #[test]
    fn refuses_every_kind_of_inside_address() {
        for ip in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.1.1",
            "169.254.169.254",
            "172.31.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "fd00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "2001::1",
            "2001:2::1",
            "100::1",
            "168.63.129.16",
        ] {
            assert!(refusal(ip, &[], Reach::Allowed).is_some(), "{ip}");
        }
    }

    #[test]
    fn lets_public_addresses_through() {
        for ip in ["193.51.192.1", "2001:660:3001::1", "64:ff9b::193.51.192.1", "::ffff:193.51.192.1", "2606:4700::1"] {
            assert_eq!(refusal(ip, &[], Reach::Allowed), None, "{ip}");
        }
    }

    #[test]
    fn lets_declared_ranges_through_in_all_their_disguises() {
        for ip in ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3"] {
            assert_eq!(refusal(ip, &["10.1.0.0/16"], Reach::Declared), None, "{ip}");
        }
        assert!(refusal("10.2.0.1", &["10.1.0.0/16"], Reach::Allowed).is_some());
    }

    #[test]
    fn a_declared_range_never_opens_metadata() {
        for ip in [
            "169.254.169.254",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "fd00:ec2::254",
            "fd20:ce::254",
        ] {
            let refusal = refusal(ip, &["0.0.0.0/0", "::/0"], Reach::Allowed);
            assert!(refusal.is_some_and(|refusal| refusal.contains("metadata")), "{ip}");
        }
    }

    #[test]
    fn says_what_the_operator_can_do() {
        assert_eq!(
            refusal("10.1.2.3", &[], Reach::Allowed).unwrap(),
            "edt.univ.fr resolves to 10.1.2.3, a private address: the operator can allow it in preau.toml, [outbound.private]"
        );
        assert!(refusal("193.51.192.1", &[], Reach::Declared).unwrap().contains("write https"));
    }
}
