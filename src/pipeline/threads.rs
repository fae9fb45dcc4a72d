//! The worker threads, lent to rooms that have none.

use crate::threads::Threads;
use crate::workers::Workers;

impl Threads for Workers {
    fn window(&self) -> usize {
        Workers::window(self)
    }

    fn each(&self, count: usize, work: &(dyn Fn(usize) + Sync)) {
        self.map((0..count).collect(), work);
    }
}
