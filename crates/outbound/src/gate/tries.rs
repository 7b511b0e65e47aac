//! Second tries: few of all requests, so that a source that fails is not asked twice as much for it.

use std::time::Duration;

pub(super) struct Tries {
    /// In tenths of a try.
    saved: u32,
    chance: Chance,
}

/// What each request saves for second tries, what one costs, what there is at first, and at most.
const SAVES: u32 = 1;
const COSTS: u32 = 10;
const FIRST: u32 = 30;
const MOST: u32 = 100;

/// Tries of one request besides its first.
const FURTHER: u32 = 2;

/// The longest pause before the second try; twice as long before the third.
const PAUSE: Duration = Duration::from_millis(200);

impl Tries {
    pub(super) fn new(seed: u64) -> Self {
        Self { saved: FIRST, chance: Chance::new(seed.rotate_left(32)) }
    }

    /// Counts a request that failed after `tries` further tries; the pause before another one, which ends within `left` and
    /// is not shorter than what the source `asked` for. Full jitter: anywhere between nothing and the longest pause.
    pub(super) fn another(&mut self, tries: u32, asked: Option<Duration>, left: Duration) -> Option<Duration> {
        let pause = PAUSE.saturating_mul(1 << tries.min(10)).mul_f64(self.chance.next());
        let pause = pause.saturating_add(asked.unwrap_or_default());
        if tries >= FURTHER || pause >= left || self.saved < COSTS {
            return None;
        }
        self.saved -= COSTS;
        Some(pause)
    }

    /// Counts a request.
    pub(super) fn save(&mut self) {
        self.saved = (self.saved + SAVES).min(MOST);
    }
}

/// Chance that can be repeated (`SplitMix64`): it spreads load and keeps no secret.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 up to 1.
    pub(super) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from((mixed >> 32) as u32) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn few_tries_are_free_and_then_one_in_ten_requests() {
        let mut tries = Tries::new(1);
        let granted = |tries: &mut Tries, requests: u32| {
            (0..requests)
                .filter(|_| {
                    tries.save();
                    tries.another(0, None, LONG).is_some()
                })
                .count()
        };
        assert_eq!(granted(&mut tries, 10), 4);
        assert_eq!(granted(&mut tries, 1_000), 100);
        (0..10_000).for_each(|_| tries.save());
        assert_eq!(granted(&mut tries, 9), 9);
        assert!(granted(&mut tries, 100) <= 11, "saved up");
    }

    #[test]
    fn a_request_is_tried_three_times_and_never_beyond_its_time() {
        let mut tries = Tries::new(1);
        assert!(tries.another(1, None, LONG).is_some());
        assert_eq!(tries.another(2, None, LONG), None);
        assert_eq!(tries.another(0, Some(LONG), LONG), None);
        let asked = Duration::from_secs(3);
        assert!((asked..asked + PAUSE).contains(&tries.another(0, Some(asked), LONG).unwrap()));
    }

    #[test]
    fn pauses_are_spread_over_their_whole_range_and_can_be_repeated() {
        let pauses = |seed| {
            let mut chance = Chance::new(seed);
            (0..1_000).map(|_| chance.next()).collect::<Vec<_>>()
        };
        assert_eq!(pauses(7), pauses(7));
        assert_ne!(pauses(7), pauses(8));
        let low = pauses(7).iter().filter(|pause| **pause < 0.5).count();
        assert!((400..600).contains(&low) && pauses(7).iter().all(|pause| (0.0..1.0).contains(pause)), "{low}");
    }
}
