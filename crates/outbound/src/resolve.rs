//! Names into addresses, checked at the moment of connecting so that a name cannot change between check and use.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::{Reach, check};
use crate::names::Names;
use crate::{Failure, FailureKind, Rules};

/// The resolver of one client.
pub(crate) struct Guard {
    pub(crate) names: Arc<Names>,
    pub(crate) rules: Arc<Rules>,
    pub(crate) reach: Reach,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, rules, reach) = (Arc::clone(&self.names), Arc::clone(&self.rules), self.reach);
        Box::pin(async move {
            let addresses = addresses(&names, name.as_str(), 0, &rules, reach).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// All addresses of a host; an error where any of them is out of reach.
pub(crate) async fn addresses(
    names: &Names,
    host: &str,
    port: u16,
    rules: &Rules,
    reach: Reach,
) -> Result<Vec<SocketAddr>, Failure> {
    rules.admit(host)?;
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let addresses = match literal {
        Ok(ip) => vec![ip],
        Err(_) => names.addresses(host).await,
    };
    if addresses.is_empty() {
        return Err(not_found(host));
    }
    addresses.iter().try_for_each(|ip| check(host, *ip, rules, reach))?;
    Ok(addresses.into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
}

pub(crate) fn not_found(host: &str) -> Failure {
    Failure::new(
        FailureKind::Unavailable,
        format!("{host} has no address: is the name right, and does the name server answer?"),
    )
}
