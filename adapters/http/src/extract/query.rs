//! The query of a request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::de::value::Error as ValueError;

use crate::problem::Problem;

/// The parameters of a query. Unknown ones and those given twice are refused by name.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let decoded: Vec<_> = pairs.collect();
    // Bytes that are no UTF-8 become this character, which no parameter has a use for.
    let broken = |text: &str| text.contains(['\u{fffd}', '\0']);
    if let Some((name, _)) = decoded.iter().find(|(name, value)| broken(name) || broken(value)) {
        let detail = "The parameter is no text in UTF-8.";
        return Err(Problem::new("invalid_query", detail).about(shown(name)));
    }
    let parameters = decoded.iter().map(|(name, value)| (name.as_ref(), Parameter(value.as_ref())));
    let map = serde::de::value::MapDeserializer::<_, ValueError>::new(parameters);
    serde_path_to_error::deserialize(map).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        let named = message.split('`').nth(1).filter(|_| message.contains(" field `"));
        let field = named.map_or(path, str::to_owned);
        let detail = format!("{}: {message}.", shown(&field));
        Problem::new("invalid_query", detail).about(shown(&field))
    })
}

/// A hostile name is not repeated at length.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// A parameter's text, from which a number, a word or a typed text is read.
struct Parameter<'a>(&'a str);

impl<'a> serde::de::IntoDeserializer<'a, ValueError> for Parameter<'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty;)+) => {$(
        fn $method<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
            let number = self.0.parse::<$type>().map_err(|_| {
                serde::de::Error::custom(format_args!("expected a number from {} to {}", <$type>::MIN, <$type>::MAX))
            })?;
            visitor.$visit(number)
        }
    )+};
}

impl<'de> serde::Deserializer<'de> for Parameter<'de> {
    type Error = ValueError;

    numbers! {
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
    }

    fn deserialize_any<V: serde::de::Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_bool<V: serde::de::Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        match self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(serde::de::Error::custom("expected true or false")),
        }
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_enum(serde::de::value::BorrowedStrDeserializer::new(self.0))
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use readmit::{Reason, Timestamp};
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        q: Option<String>,
        limit: Option<u16>,
        at: Option<Timestamp>,
        reason: Option<Reason>,
    }

    #[test]
    fn parameters_are_read_by_their_types() {
        let asked: Asked = parse("q=a%20b+c&limit=7&at=2026-11-24T10:00:00Z&reason=other").unwrap();
        assert_eq!((asked.q.as_deref(), asked.limit), (Some("a b c"), Some(7)));
        assert_eq!(asked.at, "2026-11-24T10:00:00Z".parse().ok());
        assert_eq!(asked.reason, Some(Reason::Other));
    }

    #[test]
    fn each_wrong_parameter_is_named() {
        for (query, field) in [
            ("limit=a", "limit"),
            ("limit=-1", "limit"),
            ("limit=70000", "limit"),
            ("limit=", "limit"),
            ("limit=1&limit=2", "limit"),
            ("moon=1", "moon"),
            ("at=yesterday", "at"),
            ("reason=bored", "reason"),
            ("q=%ff%fe", "q"),
            ("q=%00", "q"),
        ] {
            let problem = parse::<Asked>(query).unwrap_err();
            assert_eq!(problem.code(), "invalid_query", "{query}");
            let text = format!("{problem:?}");
            assert!(text.contains(&format!("field: Some({field:?})")), "{query}: {text}");
        }
    }
}
