//! Series that are made once: whoever counts in one that is there takes no lock and makes no label.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use arc_swap::ArcSwap;

/// Series by what they are about. Keys are declared names or words of ours: they are few and go on to be.
pub(super) struct Known<K, V>(ArcSwap<HashMap<K, Arc<V>>>);

impl<K: Hash + Eq + Clone, V> Known<K, V> {
    pub(super) fn get<Q>(&self, key: &Q, make: impl Fn() -> V) -> Arc<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(known) = self.0.load().get(key) {
            return Arc::clone(known);
        }
        let made = Arc::new(make());
        self.0.rcu(|known| {
            let mut known = HashMap::clone(known);
            known.entry(key.to_owned()).or_insert_with(|| Arc::clone(&made));
            known
        });
        // Another thread may have been first.
        self.0.load().get(key).map_or(made, Arc::clone)
    }
}

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Self(ArcSwap::default())
    }
}
