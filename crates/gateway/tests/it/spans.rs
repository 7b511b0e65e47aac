//! A trace reads as the repository does: one span per step of the path, in its order.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use testbed::need;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::schools::{CAMPUSES, Schools, news, set, website};

/// Our own spans as they open, `cache > source` for one within another, and all that fields and events say.
#[derive(Clone, Default)]
struct Trace {
    spans: Arc<Mutex<Vec<String>>>,
    said: Arc<Mutex<String>>,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Trace {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().target().starts_with("gateway") {
            let scope = context.span_scope(id).unwrap().from_root().map(|span| span.name());
            self.spans.lock().unwrap().push(scope.collect::<Vec<_>>().join(" > "));
            attributes.record(&mut Said(&mut self.said.lock().unwrap()));
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Said(&mut self.said.lock().unwrap()));
    }
}

struct Said<'a>(&'a mut String);

impl Visit for Said<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!("{field}={value:?}\n"));
    }
}

#[tokio::test]
async fn one_request_opens_one_span_per_step_of_the_path() {
    let server = need!(testbed::nginx(""));
    for campus in CAMPUSES {
        server.write(&format!("www/{campus}/news.json"), news(campus, 3));
    }
    let news = set("news", "news") + "[data.news.params.person]\ndefault = \"\"\n";
    let schools = Schools::new(|campus| website(&server.url(&format!("/{campus}"))) + &news + &set("events", "events"));
    let trace = Trace::default();
    // Of a single subscriber, tracing asks on whatever thread first comes to a span whether the span matters: another
    // test's thread would say no for all.
    let _second = Dispatch::new(Registry::default());
    let _traced = tracing::subscriber::set_default(Registry::default().with(trace.clone()));
    let opened = || std::mem::take(&mut *trace.spans.lock().unwrap()).join(", ");
    let fetching = "campus, session, kind, cache, cache > source, cache > mapping, response";
    for campus in CAMPUSES {
        for (path, spans) in [
            ("/api/data/news?person=planted", fetching),
            ("/api/data/news?person=planted", "campus, session, kind, cache, response"),
            ("/api/data/news?person=planted&q=planted&limit=1", "campus, session, kind, cache, response"),
            ("/api/data?names=news", fetching),
            ("/api/data/none", "campus, session, kind"),
            ("/api/data/events", "campus, session, kind, cache, cache > source"),
        ] {
            let _ = schools.ask(campus, path, &[("user-agent", "planted")]).await;
            assert_eq!(opened(), spans, "{path}");
        }
    }
    let said = trace.said.lock().unwrap();
    assert!(said.contains("campus=rivage") && said.contains("source=website"), "{said}");
    assert!(
        !said.contains("planted") && !said.contains("mark-of"),
        "a trace names steps, not people or contents: {said}"
    );
}
