//! What forms need that work without scripts: they stand in what the server drew, and in nothing that is drawn later.

use super::{Form, Store};
use crate::route::{self, After};

impl Store {
    /// What the server's forms need in what it drew; nothing for what is drawn later.
    pub fn first_form(self) -> Option<Form> {
        (!self.is_started()).then(|| self.form.get_now())
    }

    /// Where a form of this page leads that does something: see [`route::acting`].
    pub fn acting(self, path: &str) -> String {
        route::acting(path, self.my_id())
    }

    /// What the server drew a list after, which was paged through.
    pub fn drawn_after(self) -> Option<After> {
        self.form.peek(|form| form.after).filter(|_| !self.is_started())
    }
}
