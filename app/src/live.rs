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

/// A value of any type, behind a pointer that is one word: there are hundreds of places where one is passed on.
type Value = Arc<Box<dyn Any + Send + Sync>>;

fn value(value: impl Send + Sync + 'static) -> Value {
    Arc::new(Box::new(value))
}

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
    fn see(&self, is_followed: bool) -> Value {
        present(self.look(is_followed))
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

/// Keeps a slot for the part of the page that makes it.
#[inline(never)]
fn keep(slot: Arc<Slot>) -> StoredValue<Arc<Slot>> {
    StoredValue::new(slot)
}

/// The slot of a value that can be copied, unless the part of the page that made it is gone.
#[inline(never)]
fn find(slot: StoredValue<Arc<Slot>>) -> Option<Arc<Slot>> {
    slot.try_get_value()
}

/// What is in the slot of a value that can be copied.
#[inline(never)]
fn look(slot: StoredValue<Arc<Slot>>, is_followed: bool) -> Option<Value> {
    find(slot)?.look(is_followed)
}

/// The same, where it has to be there.
#[inline(never)]
fn see(slot: StoredValue<Arc<Slot>>, is_followed: bool) -> Value {
    present(look(slot, is_followed))
}

/// What has to be there.
fn present<T>(value: Option<T>) -> T {
    match value {
        Some(value) => value,
        None => gone(),
    }
}

/// A value as what it is.
#[inline(never)]
fn read<T: 'static>(value: &Value) -> &T {
    present(value.as_ref().downcast_ref())
}

#[inline(never)]
fn change<T: 'static>(value: &mut Value) -> &mut T {
    present(Arc::get_mut(value).and_then(|value| value.downcast_mut()))
}

impl<T: Send + Sync + 'static> ArcLive<T> {
    /// Holds a value.
    pub fn new(value: T) -> Self {
        Self { slot: Slot::new(self::value(value)), of: PhantomData }
    }

    fn slot(&self) -> Option<&Slot> {
        Some(&self.slot)
    }

    fn look(&self, is_followed: bool) -> Option<Value> {
        self.slot.look(is_followed)
    }

    fn see(&self, is_followed: bool) -> Value {
        self.slot.see(is_followed)
    }
}

impl<T: Send + Sync + 'static> Live<T> {
    /// Holds a value.
    pub fn new(value: T) -> Self {
        Self { slot: keep(Slot::new(self::value(value))), of: PhantomData }
    }

    fn slot(&self) -> Option<Arc<Slot>> {
        find(self.slot)
    }

    fn look(&self, is_followed: bool) -> Option<Value> {
        look(self.slot, is_followed)
    }

    fn see(&self, is_followed: bool) -> Value {
        see(self.slot, is_followed)
    }
}

macro_rules! methods {
    ($name:ident) => {
        #[allow(dead_code)]
        impl<T: Send + Sync + 'static> $name<T> {
            /// Looks at the value without following it. Nothing, if what made it is gone, or if it is being changed just now.
            pub fn try_peek<R>(&self, see: impl FnOnce(&T) -> R) -> Option<R> {
                let value = self.look(false)?;
                Some(see(read(&value)))
            }

            /// Looks at the value, and follows it from here on.
            pub fn with<R>(&self, see: impl FnOnce(&T) -> R) -> R {
                let value = self.see(true);
                see(read(&value))
            }

            /// Looks at the value without following it.
            pub fn peek<R>(&self, see: impl FnOnce(&T) -> R) -> R {
                let value = self.see(false);
                see(read(&value))
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
                let (has_changed, result) = make(change(&mut value));
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
                    slot.put(self::value(value), true);
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

/// A value that is made from others, and tells only when it is another. It can be copied, and lives as long as the part of the page that made it.
pub struct Derived<T> {
    memo: Memo<Value>,
    of: PhantomData<fn() -> T>,
}

/// Makes a value from others: anew whenever one of them changes.
pub fn derive<T: PartialEq + Send + Sync + 'static>(
    make: impl Fn() -> T + Send + Sync + 'static,
) -> Derived<T> {
    derive_from_last(move |_| make())
}

/// The same, with what it was before at hand.
pub fn derive_from_last<T: PartialEq + Send + Sync + 'static>(
    make: impl Fn(Option<&T>) -> T + Send + Sync + 'static,
) -> Derived<T> {
    type Make = dyn Fn(Option<&Value>) -> Option<Value> + Send + Sync;
    fn start(make: Box<Make>) -> Memo<Value> {
        Memo::new_owning(move |last: Option<Value>| match (make(last.as_ref()), last) {
            (Some(new), _) => (new, true),
            (None, Some(last)) => (last, false),
            (None, None) => gone(),
        })
    }
    let make = move |last: Option<&Value>| {
        let last = last.map(read::<T>);
        let new = make(last);
        (last != Some(&new)).then(|| value(new))
    };
    Derived { memo: start(Box::new(make)), of: PhantomData }
}

#[inline(never)]
fn look_at(memo: Memo<Value>, is_followed: bool) -> Value {
    present(if is_followed { memo.try_get() } else { memo.try_get_untracked() })
}

impl<T: Send + Sync + 'static> Derived<T> {
    /// Looks at the value, and follows it from here on.
    pub fn with<R>(&self, see: impl FnOnce(&T) -> R) -> R {
        let value = look_at(self.memo, true);
        see(read(&value))
    }

    /// Looks at the value without following it.
    pub fn peek<R>(&self, see: impl FnOnce(&T) -> R) -> R {
        let value = look_at(self.memo, false);
        see(read(&value))
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
}

impl<T> Clone for Derived<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Derived<T> {}

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
