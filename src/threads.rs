//! Work on many items → the results in the order of the items, side by side where somebody lends threads. Whoever works
//! so has no threads of its own, and this knows nothing of what the work is.

use std::sync::{Mutex, PoisonError};

/// Who lends threads.
pub trait Threads: Sync {
    /// How many items are in work at once.
    fn window(&self) -> usize;

    /// Does `work` for each number below `count`, side by side, and comes back when all are done.
    fn each(&self, count: usize, work: &(dyn Fn(usize) + Sync));
}

/// Does `work` on every item; the results keep the order.
pub fn map<I: Send, R: Send>(threads: Option<&dyn Threads>, items: Vec<I>, work: impl Fn(I) -> R + Sync) -> Vec<R> {
    let Some(threads) = threads else { return items.into_iter().map(work).collect() };
    let slots: Vec<Mutex<Slot<I, R>>> = items.into_iter().map(|item| Mutex::new(Slot::Item(item))).collect();
    threads.each(slots.len(), &|number| {
        let mut slot = slots[number].lock().unwrap_or_else(PoisonError::into_inner);
        if let Slot::Item(item) = std::mem::replace(&mut *slot, Slot::Taken) {
            *slot = Slot::Done(work(item));
        }
    });
    let results = slots.into_iter().map(|slot| match slot.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Slot::Done(result) => result,
        _ => panic!("the threads did not do all the work"),
    });
    results.collect()
}

enum Slot<I, R> {
    Item(I),
    Taken,
    Done(R),
}

/// Does `work` on every item, a window of them at a time, and gives each result to `take` in order. The first error stops
/// it.
pub fn in_order<I: Sync, R: Send, E>(
    threads: Option<&dyn Threads>,
    items: &[I],
    work: impl Fn(&I) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let window = threads.map_or(1, Threads::window).max(1);
    items
        .chunks(window)
        .try_for_each(|items| map(threads, items.iter().collect(), &work).into_iter().try_for_each(&mut take))
}

/// Sorts numbers.
pub fn sort(threads: Option<&dyn Threads>, numbers: &mut [u64]) {
    let Some(lent) = threads else { return numbers.sort_unstable() };
    let part = numbers.len().div_ceil(lent.window().max(1)).max(1);
    map(threads, numbers.chunks_mut(part).collect(), <[u64]>::sort_unstable);
    // Finds the sorted parts and merges them.
    numbers.sort();
}
