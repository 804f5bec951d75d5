//! Where a caller comes from.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Proxies that are gone through at most: more hops than that are made up.
const HOPS_MAX: usize = 32;

/// The address that a request comes from, as far as it can be believed.
///
/// Each proxy appends whom it was called by to `X-Forwarded-For`. So the list is read from the
/// right, beginning with the connection's own peer, and for as long as the one who says it is a
/// trusted proxy: the first address that is none is the caller's. What stands further left was
/// written by the caller, who may write anything.
///
/// Where a trusted proxy says something that is no address, the proxy itself is taken for the
/// caller: one address too few is better than one that was made up.
pub fn client_ip(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut known = peer.ip().to_canonical();
    let lines: Vec<&[u8]> =
        headers.get_all(FORWARDED_FOR).iter().map(HeaderValue::as_bytes).collect();
    // Several lines are one list, in their order (RFC 9110, section 5.3).
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
    for hop in hops.take(HOPS_MAX) {
        if !is_trusted(known, trusted) {
            break;
        }
        match address(hop) {
            Some(address) => known = address,
            None => break,
        }
    }
    known
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// An address as proxies write it: alone, or with a port.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse().map(|it: SocketAddr| it.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn seen(peer: &str, lines: &[&str]) -> String {
        let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
        let mut headers = HeaderMap::new();
        for line in lines {
            let line = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            headers.append(FORWARDED_FOR, line);
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        client_ip(peer, &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(seen("203.0.113.9", &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.1, 10.0.0.2"]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_is_believed_about_whom_it_was_called_by() {
        assert_eq!(seen(PROXY, &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen(PROXY, &[]), PROXY);
        assert_eq!(seen("::ffff:10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen("fd00::1", &["2001:db8::7"]), "2001:db8::7");
    }

    #[test]
    fn the_leftmost_is_the_attackers() {
        assert_eq!(seen(PROXY, &["192.0.2.66, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen(PROXY, &["10.9.9.9, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(seen(PROXY, &["192.0.2.66, 203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        // Several lines are one list.
        assert_eq!(seen(PROXY, &["192.0.2.66", "203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        // Everybody is trusted: the first of them.
        assert_eq!(seen(PROXY, &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }

    #[test]
    fn ports_and_brackets_are_understood() {
        assert_eq!(seen(PROXY, &["203.0.113.9:5000"]), "203.0.113.9");
        assert_eq!(seen(PROXY, &["[2001:db8::7]:5000"]), "2001:db8::7");
        assert_eq!(seen(PROXY, &["[2001:db8::7]"]), "2001:db8::7");
        assert_eq!(seen(PROXY, &[" \t203.0.113.9 "]), "203.0.113.9");
    }

    #[test]
    fn what_is_no_address_ends_the_list() {
        for hop in ["unknown", "", "203.0.113.9.1", "_hidden", "::1::", "localhost", "\u{fffd}"] {
            assert_eq!(seen(PROXY, &[&format!("192.0.2.66, {hop}")]), PROXY, "{hop}");
        }
        assert_eq!(seen(PROXY, &["192.0.2.66, nobody, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn an_endless_list_of_proxies_is_not_read_to_its_end() {
        let line = vec!["10.0.0.2"; 5000].join(",");
        assert_eq!(seen(PROXY, &[&format!("192.0.2.66,{line}")]), "10.0.0.2");
    }
}
