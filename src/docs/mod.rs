//! Why the house is laid out as it is.
