//! The address of a source that is one document or a site of them.

use outbound::{Failure, FailureKind};
use url::Url;

use crate::template::{Place, Template};
use crate::{Params, Secret, SettingError};
use settings::wrong;

/// An address of the web, and what data sets add to it.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    url: Url,
    path: Option<Template>,
}

impl Address {
    /// Checks a source's `url`. Errors do not repeat it: it may be a secret.
    pub(crate) fn new(url: &Secret) -> Result<Self, Vec<SettingError>> {
        match Url::parse(url.expose().trim()) {
            Ok(url) if matches!(url.scheme(), "https" | "http") => Ok(Self { url, path: None }),
            Ok(_) => Err(vec![wrong("url", "not a web address: write https://…")]),
            Err(error) => Err(vec![wrong("url", format!("not a web address ({error}): write https://…"))]),
        }
    }

    /// The same where `sftp:` will do too.
    pub(crate) fn or_sftp(url: &Secret) -> Result<Self, Vec<SettingError>> {
        match Url::parse(url.expose().trim()) {
            Ok(url) if url.scheme() == "sftp" && url.has_host() => Ok(Self { url, path: None }),
            _ => Self::new(url),
        }
    }

    /// The address with a data set's `path` behind it, in which `{name}` stands for a request parameter.
    pub(crate) fn below(&self, path: Option<&str>, params: &[String]) -> Result<Self, Vec<SettingError>> {
        let path = path.map(|path| Template::compile(Place::Path, "path", path, params)).transpose()?;
        Ok(Self { url: self.url.clone(), path })
    }

    /// The source's own address.
    pub(crate) fn source(&self) -> &Url {
        &self.url
    }

    /// Where to ask, with these parameters. What a path says of a query replaces that of the source.
    pub(crate) fn url(&self, params: &Params) -> Result<Url, Failure> {
        let Some(path) = &self.path else { return Ok(self.url.clone()) };
        let path = path.fill_whole(params)?;
        let (path, query) = path.split_once('?').map_or((path.as_str(), None), |(path, query)| (path, Some(query)));
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{}", url.path().trim_end_matches('/'), path.trim_start_matches('/')));
        if query.is_some() {
            url.set_query(query);
        }
        Ok(url)
    }
}

/// Says what a site answered in place of what it should have.
pub(crate) fn malformed(site: &str, what: impl std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Malformed, format!("{site} answered {what}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Address;
    use crate::{Params, Secret};

    fn below(url: &str, path: &str) -> String {
        let address = Address::new(&Secret::new(url)).unwrap().below(Some(path), &["group".to_owned()]).unwrap();
        address.url(&Params::from([("group".to_owned(), "L1/A?".to_owned())])).unwrap().into()
    }

    #[test]
    fn a_path_stands_behind_the_address() {
        assert_eq!(below("https://univ-demo.fr", "feed/"), "https://univ-demo.fr/feed/");
        assert_eq!(below("https://univ-demo.fr/site/?key=1", "/feed"), "https://univ-demo.fr/site/feed?key=1");
        assert_eq!(below("https://univ-demo.fr/?key=1", "news?format=feed"), "https://univ-demo.fr/news?format=feed");
    }

    #[test]
    fn a_parameter_does_not_lead_out_of_its_place() {
        assert_eq!(below("https://univ-demo.fr", "feed/{group}"), "https://univ-demo.fr/feed/L1%2FA%3F");
        assert_eq!(below("https://univ-demo.fr", "//evil.example/"), "https://univ-demo.fr/evil.example/");
    }

    #[test]
    fn what_is_no_address_of_the_web_is_refused_without_repeating_it() {
        for url in ["feed.xml", "file:///etc/passwd", "ftp://univ-demo.fr/", ""] {
            let errors = Address::new(&Secret::new(url)).unwrap_err();
            assert!(errors.iter().all(|error| error.key == "url" && !error.message.contains("passwd")), "{errors:?}");
        }
    }
}
