//! Which shard of a run has which scenarios.
//!
//! Each shard finds this out by itself, on a machine of its own, so it hangs on nothing but what all of them have: the features, the
//! flags, and what the history knew before any of them began. What each is to run is told in its results, as digests; where those
//! differ, the histories did, and `merge` says so.

use std::collections::BTreeMap;

use super::plan::Case;
use crate::evidence::history::{Key, median};

/// Deals scenarios out to so many shards, the longest first, each to the one that has least to do: gives each one's shard, from 0.
/// `durations`: what earlier runs took, ms; who is not among them takes as long as most. `idle`: takes no time here.
///
/// Where nothing is known of any, this is dealing in turn.
pub fn deal(cases: &[Case], count: usize, durations: &BTreeMap<Key, u64>, idle: impl Fn(&Case) -> bool) -> Vec<usize> {
    let usual = median(durations.values().copied().collect()).unwrap_or(1).max(1);
    let takes = |case: &Case| match durations.get(&(case.feature.clone(), case.name.clone())) {
        _ if idle(case) => 0,
        Some(ms) => (*ms).max(1),
        None => usual,
    };
    let mut order: Vec<(usize, u64)> = cases.iter().map(takes).enumerate().collect();
    // Those that take as long keep the order of the features.
    order.sort_by_key(|(_, ms)| std::cmp::Reverse(*ms));
    let (mut shards, mut loads) = (vec![0; cases.len()], vec![(0_u64, 0_usize); count]);
    for (position, ms) in order {
        let least = (0..count).min_by_key(|shard| loads[*shard]).unwrap_or_default();
        loads[least] = (loads[least].0 + ms, loads[least].1 + 1);
        shards[position] = least;
    }
    shards
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::{place::Lines, terms::Terms};

    fn case(name: &str) -> Case {
        Case {
            feature: "f".into(),
            rule: None,
            keyword: "Scenario".into(),
            name: name.into(),
            file: "f.feature".into(),
            line: 1,
            lines: Lines::default(),
            has_namesake: false,
            tags: vec![],
            lines_of_tags: vec![],
            steps: vec![],
            rows: vec![],
            terms: Terms::default(),
            round: 1,
        }
    }

    fn known(all: &[(&str, u64)]) -> BTreeMap<Key, u64> {
        all.iter().map(|(name, ms)| (("f".to_owned(), (*name).to_owned()), *ms)).collect()
    }

    #[test]
    fn the_longest_go_first_onto_the_shard_that_has_least_to_do() {
        let cases = ["a", "b", "c", "d", "e", "new"].map(case);
        let durations = known(&[("a", 100), ("b", 900), ("c", 500), ("d", 400), ("e", 100), ("gone", 7)]);
        // b | c d, and the new one as long as most (400 ms) onto the first of two that have 900.
        assert_eq!(deal(&cases, 2, &durations, |_| false), [1, 0, 1, 1, 1, 0]);
        let loads = |shards: &[usize]| {
            let mut sums = vec![0; 3];
            for (case, shard) in cases.iter().zip(shards) {
                sums[*shard] += durations.get(&("f".into(), case.name.clone())).copied().unwrap_or(400);
            }
            sums
        };
        assert_eq!(loads(&deal(&cases, 3, &durations, |_| false)), [900, 700, 800]);
    }

    #[test]
    fn without_a_history_they_are_dealt_in_turn_and_those_that_do_nothing_count_for_nothing() {
        let cases = ["a", "b", "c", "d", "e"].map(case);
        assert_eq!(deal(&cases, 2, &BTreeMap::new(), |_| false), [0, 1, 0, 1, 0]);
        assert_eq!(deal(&cases, 7, &BTreeMap::new(), |_| false), [0, 1, 2, 3, 4]);
        let dealt = deal(&cases, 2, &BTreeMap::new(), |case| case.name == "a" || case.name == "c");
        assert_eq!((dealt[1], dealt[3], dealt[4]), (0, 1, 0), "b, d and e are what there is to do");
    }
}
