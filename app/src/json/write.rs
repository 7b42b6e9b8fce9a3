//! Writing: each type puts itself together, and the browser writes what people wrote.

use super::Wrong;
use js_sys::JSON;
use serde::{
    Serialize, Serializer,
    ser::{Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple},
};

/// Writes a value.
pub fn to_string<T: Serialize>(value: &T) -> Result<String, Wrong> {
    let mut text = String::new();
    value.serialize(Writer(&mut text))?;
    Ok(text)
}

/// What writes a value after what is written already.
struct Writer<'a>(&'a mut String);

/// What writes a list.
struct List<'a>(&'a mut String);

/// What writes an object.
struct Object<'a>(&'a mut String);

/// What writes an object in an object that has nothing else.
struct Variant<'a>(&'a mut String);

impl<'a> Writer<'a> {
    fn raw(self, text: &str) -> Result<(), Wrong> {
        self.0.push_str(text);
        Ok(())
    }

    fn open(self, begin: &str) -> &'a mut String {
        self.0.push_str(begin);
        self.0
    }

    fn open_named(self, name: &str) -> Result<&'a mut String, Wrong> {
        self.0.push('{');
        name.serialize(Writer(self.0))?;
        self.0.push(':');
        Ok(self.0)
    }
}

/// Where the next item goes.
fn next(text: &mut String) -> Writer<'_> {
    // What was written last is whole: these signs can only have begun what is written in.
    if !text.ends_with(['[', '{']) {
        text.push(',');
    }
    Writer(text)
}

fn field<T: ?Sized + Serialize>(text: &mut String, name: &str, value: &T) -> Result<(), Wrong> {
    name.serialize(next(text))?;
    text.push(':');
    value.serialize(Writer(text))
}

macro_rules! whole_numbers {
    ($($method:ident: $type:ty)*) => {
        $(
            fn $method(self, value: $type) -> Result<(), Wrong> {
                self.raw(&value.to_string())
            }
        )*
    };
}

macro_rules! absent {
    ($($method:ident: $type:ty)*) => {
        $(
            fn $method(self, _: $type) -> Result<(), Wrong> {
                Err(Wrong)
            }
        )*
    };
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = Wrong;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = Impossible<(), Wrong>;
    type SerializeTupleVariant = Impossible<(), Wrong>;
    type SerializeMap = Object<'a>;
    type SerializeStruct = Object<'a>;
    type SerializeStructVariant = Variant<'a>;

    whole_numbers!(serialize_u8: u8 serialize_u16: u16 serialize_u32: u32 serialize_u64: u64 serialize_i64: i64);

    absent!(serialize_i8: i8 serialize_i16: i16 serialize_i32: i32 serialize_f32: f32 serialize_f64: f64 serialize_char: char serialize_bytes: &[u8]);

    fn serialize_bool(self, value: bool) -> Result<(), Wrong> {
        self.raw(if value { "true" } else { "false" })
    }

    fn serialize_str(self, value: &str) -> Result<(), Wrong> {
        let text = JSON::stringify(&value.into()).map_err(|_| Wrong)?;
        self.raw(&String::from(text))
    }

    fn serialize_none(self) -> Result<(), Wrong> {
        self.serialize_unit()
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), Wrong> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Wrong> {
        self.raw("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Wrong> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Wrong> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Wrong> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Wrong> {
        let text = self.open_named(name)?;
        value.serialize(Writer(text))?;
        Writer(text).raw("}")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, Wrong> {
        Ok(List(self.open("[")))
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'a>, Wrong> {
        Ok(List(self.open("[")))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Impossible<(), Wrong>, Wrong> {
        Err(Wrong)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), Wrong>, Wrong> {
        Err(Wrong)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'a>, Wrong> {
        Ok(Object(self.open("{")))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object<'a>, Wrong> {
        Ok(Object(self.open("{")))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Variant<'a>, Wrong> {
        Ok(Variant(Writer(self.open_named(name)?).open("{")))
    }
}

impl SerializeSeq for List<'_> {
    type Ok = ();
    type Error = Wrong;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Wrong> {
        value.serialize(next(self.0))
    }

    fn end(self) -> Result<(), Wrong> {
        Writer(self.0).raw("]")
    }
}

impl SerializeTuple for List<'_> {
    type Ok = ();
    type Error = Wrong;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Wrong> {
        value.serialize(next(self.0))
    }

    fn end(self) -> Result<(), Wrong> {
        Writer(self.0).raw("]")
    }
}

impl SerializeMap for Object<'_> {
    type Ok = ();
    type Error = Wrong;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), Wrong> {
        key.serialize(next(self.0))
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Wrong> {
        self.0.push(':');
        value.serialize(Writer(self.0))
    }

    fn end(self) -> Result<(), Wrong> {
        Writer(self.0).raw("}")
    }
}

impl SerializeStruct for Object<'_> {
    type Ok = ();
    type Error = Wrong;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), Wrong> {
        field(self.0, name, value)
    }

    fn end(self) -> Result<(), Wrong> {
        Writer(self.0).raw("}")
    }
}

impl SerializeStructVariant for Variant<'_> {
    type Ok = ();
    type Error = Wrong;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), Wrong> {
        field(self.0, name, value)
    }

    fn end(self) -> Result<(), Wrong> {
        Writer(self.0).raw("}}")
    }
}
