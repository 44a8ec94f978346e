//! What can be asked for, and where.

use crate::reply::Reply;

/// Who is heard: each side has a listener of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Where strangers are heard.
    Public,
    /// Where whoever runs the service looks.
    Admin,
}

impl Side {
    /// Its name in the metrics.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Admin => "admin",
        }
    }
}

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Screen,
    Change,
    Edition,
    Description,
    Health,
    Metrics,
}

/// Every route: side, method, path.
pub(crate) const ROUTES: [(Route, Side, &str, &str); 6] = [
    (Route::Screen, Side::Public, "POST", "/screen"),
    (Route::Change, Side::Public, "POST", "/changes"),
    (Route::Edition, Side::Public, "GET", "/edition"),
    (Route::Description, Side::Public, "GET", "/openapi.json"),
    (Route::Health, Side::Admin, "GET", "/health"),
    (Route::Metrics, Side::Admin, "GET", "/metrics"),
];

/// What the public side answers, as OpenAPI 3.1.
pub(crate) const DESCRIPTION: &str = include_str!("../openapi.json");

impl Route {
    /// The route of a method and a path.
    ///
    /// # Errors
    ///
    /// The refusal: nothing there, or not in this way.
    pub(crate) fn find(side: Side, method: &str, path: &str) -> Result<Self, Reply> {
        let here = ROUTES.iter().find(|(_, at, _, name)| *at == side && *name == path);
        let (route, _, way, _) = here.ok_or_else(|| Reply::refused(404))?;
        if *way == method { Ok(*route) } else { Err(Reply::refused(405).with("allow", *way)) }
    }

    /// Its path, which counts are kept by.
    pub(crate) fn path(self) -> &'static str {
        ROUTES.iter().find(|(route, ..)| *route == self).map_or("", |(.., path)| path)
    }

    pub(crate) const fn wants_key(self) -> bool {
        matches!(self, Self::Screen | Self::Change | Self::Edition)
    }

    pub(crate) const fn takes_body(self) -> bool {
        matches!(self, Self::Screen | Self::Change)
    }
}
