//! The only threads: work on items side by side, results in the order of the items, memory bounded by a window.
//! Knows nothing of what the work is.

use std::cmp::Ordering;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

/// A pool of worker threads.
pub struct Workers {
    pool: rayon::ThreadPool,
    threads: usize,
}

/// How many items per thread are in work at once: enough to even out slow ones, few enough to bound memory.
const WINDOW_PER_THREAD: usize = 4;

/// How many threads wait at once for what takes no core.
const WAITING_THREADS: usize = 32;

impl Workers {
    /// A pool of `threads` threads, or of one per core.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn new(threads: Option<usize>) -> std::io::Result<Self> {
        let available = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.unwrap_or(available).max(1);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(std::io::Error::other)?;
        Ok(Self { pool, threads })
    }

    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Does `work` on every item, side by side, and gives each result to `take` in the order of the items. At most a
    /// window of results is held at once. The first error of `take` stops it.
    pub fn in_order<I: Sync, R: Send, E>(
        &self,
        items: &[I],
        work: impl Fn(&I) -> R + Sync + Send,
        mut take: impl FnMut(R) -> Result<(), E>,
    ) -> Result<(), E> {
        for window in items.chunks(self.threads * WINDOW_PER_THREAD) {
            let results: Vec<R> = self.pool.install(|| window.par_iter().map(&work).collect());
            results.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    }

    /// Does `work` on every item of a list, side by side; the results keep its order.
    pub fn map<I: Send, R: Send>(&self, items: Vec<I>, work: impl Fn(I) -> R + Sync + Send) -> Vec<R> {
        self.pool.install(|| items.into_par_iter().map(work).collect())
    }

    /// The same for work that asks the workers for help itself, as laying out a page does. While it waits for that, its
    /// thread takes up no other item: items would pile up on one stack until it overflows.
    pub fn map_apart<I: Send, R: Send>(&self, items: Vec<I>, work: impl Fn(I) -> R + Sync + Send) -> Vec<R> {
        let waiting = Mutex::new(items.into_iter().enumerate());
        let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work_on = || {
            let mut done = Vec::new();
            while let Some((place, item)) = next() {
                done.push((place, work(item)));
            }
            done
        };
        let mut done: Vec<_> = self.pool.broadcast(|_| work_on()).into_iter().flatten().collect();
        done.sort_unstable_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, result)| result).collect()
    }

    /// Sorts a list side by side; equal items may change places.
    pub fn sort_by<T: Send>(&self, items: &mut [T], compare: impl Fn(&T, &T) -> Ordering + Sync + Send) {
        self.pool.install(|| items.par_sort_unstable_by(compare));
    }

    /// Does two things side by side.
    pub fn join<A: Send, B: Send>(&self, one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
        self.pool.install(|| rayon::join(one, other))
    }

    /// Does `wait`, which hardly computes, while the workers do `work`.
    pub fn beside<A: Send, B>(&self, wait: impl FnOnce() -> A + Send, work: impl FnOnce() -> B) -> (A, B) {
        std::thread::scope(|scope| {
            let waiting = scope.spawn(wait);
            let worked = work();
            (waiting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), worked)
        })
    }

    /// Does `wait`, which hardly computes, for every item, many at once: waiting for a disk takes no core. The first
    /// error, in the order of the items.
    pub fn wait_for_each<I: Sync, E: Send>(
        &self,
        items: &[I],
        wait: impl Fn(&I) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let share = items.len().div_ceil(WAITING_THREADS).max(1);
        std::thread::scope(|scope| {
            let shares = items.chunks(share).map(|share| scope.spawn(|| share.iter().try_for_each(&wait)));
            let shares: Vec<_> = shares.collect();
            let results = shares.into_iter().map(|share| share.join());
            results.into_iter().try_for_each(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }

    /// How many items [`Self::in_order`] has in work at once.
    pub fn window(&self) -> usize {
        self.threads * WINDOW_PER_THREAD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_items_for_any_number_of_threads() {
        let items: Vec<u32> = (0..1000).collect();
        for threads in [1, 2, 3, 8] {
            let mut seen = Vec::new();
            let workers = Workers::new(Some(threads)).unwrap();
            workers
                .in_order(
                    &items,
                    |item| item * 2,
                    |double| {
                        seen.push(double);
                        Ok::<(), ()>(())
                    },
                )
                .unwrap();
            assert_eq!(seen, workers.map(items.clone(), |item| item * 2));
        }
    }

    #[test]
    fn items_that_ask_for_help_do_not_pile_up_on_one_stack() {
        thread_local! {
            static UNDER_WORK: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
        }
        let workers = Workers::new(Some(2)).unwrap();
        let items: Vec<usize> = (0..64).collect();
        let work = |item: usize| {
            let under_work = UNDER_WORK.replace(UNDER_WORK.get() + 1);
            // What a thread does that waits for help: anything else that there is to do.
            while rayon::yield_now() == Some(rayon::Yield::Executed) {}
            UNDER_WORK.set(under_work);
            (item, under_work)
        };
        let done = workers.map_apart(items.clone(), work);
        assert_eq!(done, items.iter().map(|item| (*item, 0)).collect::<Vec<_>>());
        let piled_up = workers.map(items, work);
        assert!(piled_up.iter().any(|(_, under_work)| *under_work > 0), "then there is no need for it");
    }

    #[test]
    fn waiting_is_done_for_each() {
        let workers = Workers::new(Some(1)).unwrap();
        for count in [0, 1, 31, 32, 33, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let seen = std::sync::Mutex::new(Vec::new());
            let wait = |item: &usize| {
                seen.lock().unwrap().push(*item);
                if *item % 40 == 39 { Err(*item) } else { Ok(()) }
            };
            let (result, other) = workers.beside(|| workers.wait_for_each(&items, wait), || 7);
            assert_eq!((result, other), (if count < 40 { Ok(()) } else { Err(39) }, 7));
            let mut seen = seen.into_inner().unwrap();
            seen.sort_unstable();
            assert!(count >= 40 || seen == items);
        }
    }

    #[test]
    fn the_first_error_stops() {
        let workers = Workers::new(Some(2)).unwrap();
        let result = workers.in_order(&[1, 2, 3], |item| *item, |item| if item == 2 { Err(item) } else { Ok(()) });
        assert_eq!(result, Err(2));
    }
}
