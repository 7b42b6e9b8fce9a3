//! Values that the page follows. They do what Leptos's signals do, with one trigger for all types: the code of a signal is made anew for
//! each type of value, 2 to 6 kB each, and an app has dozens.

use leptos::prelude::*;
use std::{
    any::Any,
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A value that is followed. It lives as long as its last copy.
pub struct ArcLive<T> {
    slot: Arc<Slot>,
    of: PhantomData<fn() -> T>,
}

/// A value that is followed. It can be copied, and lives as long as the part of the page that made it.
pub struct Live<T> {
    slot: StoredValue<Arc<Slot>>,
    of: PhantomData<fn() -> T>,
}

type Value = Arc<dyn Any + Send + Sync>;

/// Where a value of any type is.
struct Slot {
    /// Nothing while it is being changed.
    value: Mutex<Option<Value>>,
    changed: ArcTrigger,
}

impl Slot {
    fn new(value: Value) -> Arc<Self> {
        Arc::new(Self { value: Mutex::new(Some(value)), changed: ArcTrigger::new() })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Value>> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline(never)]
    fn look(&self, is_followed: bool) -> Option<Value> {
        if is_followed {
            self.changed.track();
        }
        self.lock().clone()
    }

    #[inline(never)]
    fn take(&self) -> Option<Value> {
        self.lock().take()
    }

    #[inline(never)]
    fn put(&self, value: Value, has_changed: bool) {
        let before = self.lock().replace(value);
        drop(before);
        if has_changed {
            self.changed.notify();
        }
    }
}

/// The slot of a value that can be copied, unless the part of the page that made it is gone.
#[inline(never)]
fn find(slot: StoredValue<Arc<Slot>>) -> Option<Arc<Slot>> {
    slot.try_get_value()
}

#[inline(never)]
fn look<T: 'static>(value: &Value) -> Option<&T> {
    value.downcast_ref()
}

#[inline(never)]
fn change<T: 'static>(value: &mut Value) -> Option<&mut T> {
    Arc::get_mut(value)?.downcast_mut()
}

impl<T: Send + Sync + 'static> ArcLive<T> {
    /// Holds a value.
    pub fn new(value: T) -> Self {
        Self { slot: Slot::new(Arc::new(value)), of: PhantomData }
    }

    fn slot(&self) -> Option<&Slot> {
        Some(&self.slot)
    }
}

impl<T: Send + Sync + 'static> Live<T> {
    /// Holds a value.
    pub fn new(value: T) -> Self {
        Self { slot: StoredValue::new(Slot::new(Arc::new(value))), of: PhantomData }
    }

    fn slot(&self) -> Option<Arc<Slot>> {
        find(self.slot)
    }
}

macro_rules! methods {
    ($name:ident) => {
        #[allow(dead_code)]
        impl<T: Send + Sync + 'static> $name<T> {
            /// Looks at the value, and follows it from here on. Nothing, if what made it is gone, or if it is being changed just now.
            pub fn try_with<R>(&self, see: impl FnOnce(&T) -> R) -> Option<R> {
                let value = self.slot()?.look(true)?;
                Some(see(look(&value)?))
            }

            /// Looks at the value without following it. Nothing, if what made it is gone, or if it is being changed just now.
            pub fn try_peek<R>(&self, see: impl FnOnce(&T) -> R) -> Option<R> {
                let value = self.slot()?.look(false)?;
                Some(see(look(&value)?))
            }

            /// Looks at the value, and follows it from here on.
            pub fn with<R>(&self, see: impl FnOnce(&T) -> R) -> R {
                self.try_with(see).unwrap_or_else(|| gone())
            }

            /// Looks at the value without following it.
            pub fn peek<R>(&self, see: impl FnOnce(&T) -> R) -> R {
                self.try_peek(see).unwrap_or_else(|| gone())
            }

            /// A copy of the value, which is followed from here on.
            pub fn get(&self) -> T
            where
                T: Clone,
            {
                self.with(T::clone)
            }

            /// A copy of the value, which is not followed.
            pub fn get_now(&self) -> T
            where
                T: Clone,
            {
                self.peek(T::clone)
            }

            /// Changes the value, and tells those who follow it if the change says that there was one. Nothing is done if what made it is
            /// gone.
            pub fn change<R>(&self, make: impl FnOnce(&mut T) -> (bool, R)) -> Option<R> {
                let slot = self.slot()?;
                let mut value = slot.take()?;
                let (has_changed, result) = match change(&mut value) {
                    Some(value) => make(value),
                    None => gone(),
                };
                slot.put(value, has_changed);
                Some(result)
            }

            /// Changes the value, and tells those who follow it.
            pub fn update<R>(&self, make: impl FnOnce(&mut T) -> R) -> Option<R> {
                self.change(|value| (true, make(value)))
            }

            /// Changes the value and tells nobody.
            pub fn update_silently<R>(&self, make: impl FnOnce(&mut T) -> R) -> Option<R> {
                self.change(|value| (false, make(value)))
            }

            /// Puts another value in its place.
            pub fn set(&self, value: T) {
                if let Some(slot) = self.slot() {
                    slot.put(Arc::new(value), true);
                }
            }

            /// Puts another value in its place, if it is another.
            pub fn set_if_new(&self, value: T)
            where
                T: PartialEq,
            {
                if self.try_peek(|known| *known != value) == Some(true) {
                    self.set(value);
                }
            }
        }
    };
}
methods!(ArcLive);
methods!(Live);

#[cold]
fn gone() -> ! {
    panic!("this value is gone, or looked at while it is being changed")
}

impl<T> Clone for ArcLive<T> {
    fn clone(&self) -> Self {
        Self { slot: Arc::clone(&self.slot), of: PhantomData }
    }
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Live<T> {}
