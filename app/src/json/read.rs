//! Reading: the browser parses, and each type takes out of what that finds what it is made of. A reader that says what is wrong with a text would be
//! 15 kB more on its way (brotli).

use super::Wrong;
use js_sys::{Array, JSON, Object, Reflect};
use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
        VariantAccess, Visitor, value::StringDeserializer,
    },
    forward_to_deserialize_any,
};
use std::slice;
use wasm_bindgen::{JsCast, JsValue};

/// Reads a value.
pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, Wrong> {
    T::deserialize(Value(JSON::parse(text).map_err(|_| Wrong)?))
}

/// Something that the parser found.
struct Value(JsValue);

impl Value {
    #[expect(clippy::cast_possible_truncation, reason = "the wire has whole numbers only")]
    fn number(&self) -> Result<i64, Wrong> {
        self.0.as_f64().map(|number| number as i64).ok_or(Wrong)
    }

    fn text(&self) -> Result<String, Wrong> {
        self.0.as_string().ok_or(Wrong)
    }

    fn items(&self) -> Result<Items, Wrong> {
        let items = self.0.dyn_ref::<Array>().ok_or(Wrong)?.clone();
        Ok(Items { items, next: 0 })
    }

    fn fields(self, names: &'static [&'static str]) -> Result<Fields, Wrong> {
        if self.0.is_object() { Ok(Fields { object: self.0, names: names.iter() }) } else { Err(Wrong) }
    }

    fn entries(&self) -> Result<Entries, Wrong> {
        let object = self.0.dyn_ref::<Object>().ok_or(Wrong)?;
        Ok(Entries { entries: Object::entries(object), next: 0, value: JsValue::NULL })
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
                visitor.visit_i64(self.number()?)
            }
        )*
    };
}

/// Each type asks for what it is, so that it brings the code for nothing else.
impl<'de> Deserializer<'de> for Value {
    type Error = Wrong;

    /// For the parts of a flattened structure, which are read before it is known what they are.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if let Ok(number) = self.number() {
            visitor.visit_i64(number)
        } else if let Ok(text) = self.text() {
            visitor.visit_string(text)
        } else if let Some(is) = self.0.as_bool() {
            visitor.visit_bool(is)
        } else if let Ok(items) = self.items() {
            visitor.visit_seq(items)
        } else if let Ok(entries) = self.entries() {
            visitor.visit_map(entries)
        } else {
            visitor.visit_unit()
        }
    }

    numbers!(deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_i32 deserialize_i64);

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_bool(self.0.as_bool().ok_or(Wrong)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_seq(self.items()?)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_seq(self.items()?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_map(self.entries()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_seq(self.fields(names)?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_enum(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct identifier
    }
}

impl<'de> EnumAccess<'de> for Value {
    type Error = Wrong;
    type Variant = Self;

    /// A variant is its name, or an object whose only entry it is.
    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Wrong> {
        let (name, content) = match self.0.as_string() {
            Some(name) => (name, JsValue::NULL),
            None => self.entries()?.advance().ok_or(Wrong)?,
        };
        Ok((seed.deserialize(key(name))?, Self(content)))
    }
}

impl<'de> VariantAccess<'de> for Value {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Wrong> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_seq(self.items()?)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_seq(self.fields(names)?)
    }
}

/// What is left of an array.
struct Items {
    items: Array,
    next: u32,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        if self.next == self.items.length() {
            return Ok(None);
        }
        let item = self.items.get(self.next);
        self.next += 1;
        seed.deserialize(Value(item)).map(Some)
    }
}

/// What is left of a structure, in the order in which its type has its fields: no name has to be looked for, which is half the code. A field that is not
/// there is its type's default, where it has one.
struct Fields {
    object: JsValue,
    names: slice::Iter<'static, &'static str>,
}

impl Fields {
    fn advance(&mut self) -> Option<JsValue> {
        let value = Reflect::get(&self.object, &JsValue::from_str(self.names.next()?)).ok()?;
        (!value.is_undefined()).then_some(value)
    }
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        self.advance().map(|value| seed.deserialize(Value(value))).transpose()
    }
}

/// What is left of an object.
struct Entries {
    entries: Array,
    next: u32,
    value: JsValue,
}

impl Entries {
    fn advance(&mut self) -> Option<(String, JsValue)> {
        let entry: Array = self.entries.get(self.next).dyn_into().ok()?;
        self.next += 1;
        Some((entry.get(0).as_string()?, entry.get(1)))
    }
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Wrong;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        let Some((name, value)) = self.advance() else { return Ok(None) };
        self.value = value;
        seed.deserialize(key(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        seed.deserialize(Value(self.value.clone()))
    }
}

fn key(name: String) -> StringDeserializer<Wrong> {
    name.into_deserializer()
}
