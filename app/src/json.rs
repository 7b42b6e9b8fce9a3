//! JSON by the browser's own parser, in as little code as it takes: serde_json would be 17 kB more on its way (brotli), and a reader that
//! says what is wrong with a text another 15.
//!
//! Whole numbers come through exactly up to 2^53, which is all that the wire has.

use js_sys::{Array, JSON, Object, Reflect};
use serde::{
    Serialize,
    de::{
        self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer,
        MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor, value::StringDeserializer,
    },
    forward_to_deserialize_any,
};
use std::{
    fmt::{self, Display},
    slice,
};
use wasm_bindgen::{JsCast, JsValue};

/// What cannot be read. What exactly is wrong with it is for the server's tests.
#[derive(Debug)]
pub struct Unreadable;

/// Reads a value.
pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    T::deserialize(Value(JSON::parse(text).map_err(|_| Unreadable)?))
}

/// Writes a value.
pub fn to_string<T: Serialize>(value: &T) -> Result<String, JsValue> {
    let value = value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?;
    JSON::stringify(&value).map(String::from)
}

/// Something that the parser found.
struct Value(JsValue);

impl Value {
    #[expect(clippy::cast_possible_truncation, reason = "the wire has whole numbers only")]
    fn number(&self) -> Result<i64, Unreadable> {
        self.0.as_f64().map(|number| number as i64).ok_or(Unreadable)
    }

    fn text(&self) -> Result<String, Unreadable> {
        self.0.as_string().ok_or(Unreadable)
    }

    fn items(&self) -> Result<Items, Unreadable> {
        let items = self.0.dyn_ref::<Array>().ok_or(Unreadable)?.clone();
        Ok(Items { items, next: 0 })
    }

    fn fields(self, names: &'static [&'static str]) -> Result<Fields, Unreadable> {
        if self.0.is_object() { Ok(Fields { object: self.0, names: names.iter() }) } else { Err(Unreadable) }
    }

    fn entries(&self) -> Result<Entries, Unreadable> {
        let object = self.0.dyn_ref::<Object>().ok_or(Unreadable)?;
        Ok(Entries { entries: Object::entries(object), next: 0, value: JsValue::NULL })
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
                visitor.visit_i64(self.number()?)
            }
        )*
    };
}

/// Each type asks for what it is, so that it brings the code for nothing else.
impl<'de> Deserializer<'de> for Value {
    type Error = Unreadable;

    /// For the parts of a flattened structure, which are read before it is known what they are.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
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

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unreadable)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(self.items()?)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(self.items()?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_map(self.entries()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(self.fields(names)?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct identifier
    }
}

impl<'de> EnumAccess<'de> for Value {
    type Error = Unreadable;
    type Variant = Self;

    /// A variant is its name, or an object whose only entry it is.
    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Unreadable> {
        let (name, content) = match self.0.as_string() {
            Some(name) => (name, JsValue::NULL),
            None => self.entries()?.advance().ok_or(Unreadable)?,
        };
        Ok((seed.deserialize(key(name))?, Self(content)))
    }
}

impl<'de> VariantAccess<'de> for Value {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(self.items()?)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(self.fields(names)?)
    }
}

/// What is left of an array.
struct Items {
    items: Array,
    next: u32,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
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
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
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
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        let Some((name, value)) = self.advance() else { return Ok(None) };
        self.value = value;
        seed.deserialize(key(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(Value(self.value.clone()))
    }
}

fn key(name: String) -> StringDeserializer<Unreadable> {
    name.into_deserializer()
}

/// None of these words is ever looked at, so that the code that would make them is left out.
impl de::Error for Unreadable {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it cannot be read")
    }
}

impl std::error::Error for Unreadable {}
