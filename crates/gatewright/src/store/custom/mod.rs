//! Fields that tenants add to resources, and fields of the schema that they hide.
//!
//! | file | |
//! | --- | --- |
//! | `definition` | what a tenant says of a field, and whether that makes sense |
//! | `field` | the same made ready: what values it takes, and how they are stored |
//! | `tenant` | all of a tenant's, and the cache of them |
//! | `values` | the tables `<resource>_custom_values`: all statements on them |
//! | `bag` | `custom_fields` of a record or an input, as generated code has it |
//! | `shown` | a record's JSON without the fields that the tenant hides |
//!
//! Values stand in a table beside the resource's, so a tenant's fields need no change of any table. In
//! statements a field is its id, which is a parameter: what tenants call their fields is in no SQL.

mod bag;
mod definition;
mod field;
mod shown;
mod tenant;
pub(crate) mod values;

pub use bag::CustomFields;
pub(crate) use definition::{Definition, Kind};
pub(crate) use field::CustomField;
pub use shown::serialize_shown;
pub(crate) use tenant::{Cache, TenantFields};

/// The key under which records and bodies have the values, and what names of fields begin with where
/// they stand alone.
pub(crate) const BAG: &str = "custom_fields";

/// A tenant's fields of one resource, the oldest first.
pub(crate) type OfResource = std::sync::Arc<[std::sync::Arc<CustomField>]>;
