//! Jobs on both databases.
