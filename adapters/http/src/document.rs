//! The OpenAPI 3.1 document: what the routes say of themselves, and what is true of all of them.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    ResponseBuilder,
};

use crate::identify::{API_KEY, RECOVERY, SESSION, SIGNING_IN};
use crate::problem::ProblemBody;
use crate::view::schema;

const API: &str = "/api/";

const DESCRIPTION: &str = "\
Lets one customer who lost their MFA device back in, safely, and keeps a history of it that cannot \
be edited unseen.

**Who asks** is told by `Authorization: Bearer` with an API key (`rmk_…`), the token of an admin's \
session (`rms_…`) or of a customer's recovery session (`rrs_…`). Each operation names the roles that \
it is open to. What belongs to another tenant does not exist: it is *not found*.

**Repeating is safe.** Give each command a UUID of its own as `Idempotency-Key`: it is carried out \
once, however often it is sent. A repeated answer has `Idempotency-Replayed: true`, and shows no \
secret again.

**Racing is safe.** An answer's `ETag` is the version of what it is about; `If-Match` has a command \
carried out only if it is still that.

**Lists** come in pages: `next` goes into `cursor`, or follow the header `Link`. They are some \
milliseconds behind: to see what a command just did, give its `Ledger-Position` as `seen`.

**Problems** are told as RFC 9457 has it, with a stable `code`; see [all of them](/problems).";

/// The document to which the routes add themselves.
pub(crate) fn skeleton() -> OpenApi {
    let bearer = |format: &str, description: &str| {
        let http = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format);
        SecurityScheme::Http(http.description(Some(description)).build())
    };
    let components = ComponentsBuilder::new()
        .schema_from::<ProblemBody<'_>>()
        // Named by parameters alone, which bring no schemas along.
        .schema_from::<schema::Ended>()
        .security_scheme(API_KEY, bearer("rmk_…", "An API key, with the role service or auditor"))
        .security_scheme(SESSION, bearer("rms_…", "An admin who has shown a second factor"))
        .security_scheme(SIGNING_IN, bearer("rms_…", "An admin who has shown a password"))
        .security_scheme(RECOVERY, bearer("rrs_…", "A customer in a recovery"))
        .build();
    let info = InfoBuilder::new()
        .title("Readmit")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("MIT OR Apache-2.0").build()))
        .build();
    OpenApiBuilder::new().info(info).components(Some(components)).tags(Some(tags())).build()
}

fn tags() -> Vec<utoipa::openapi::Tag> {
    let tag = |(name, what): (&str, &str)| {
        utoipa::openapi::tag::TagBuilder::new().name(name).description(Some(what)).build()
    };
    [
        ("customers", "Customers, and what a service does on their behalf"),
        ("bypasses", "The permission to sign in without the second factor, for one purpose"),
        ("recovery", "What a customer may do in a recovery"),
        ("recoveries", "The register of cases"),
        ("tenant", "Policy, admins, keys"),
        ("sessions", "Admins sign in"),
        ("ledger", "Checkpoints, tiles, proofs, events: for whoever trusts nobody"),
        ("service", "The server itself"),
    ]
    .map(tag)
    .into()
}

/// Adds to every operation what is true of all of its kind.
pub(crate) fn complete(document: &mut OpenApi) {
    let paths = std::mem::take(&mut document.paths.paths);
    for (path, mut item) in paths {
        let operations = [
            (&mut item.get, false),
            (&mut item.post, true),
            (&mut item.put, true),
            (&mut item.delete, true),
        ];
        for (operation, commands) in operations {
            let Some(operation) = operation else { continue };
            add_problems(operation, &path, commands);
            name_uniquely(operation);
            if commands && path.starts_with(API) && !path.contains("/sessions") {
                add_command_headers(operation);
            }
        }
        // The documentation knows no parts of several segments.
        document.paths.paths.insert(path.replace("{*", "{"), item);
    }
}

/// Handlers of two topics may have one name; operations may not.
fn name_uniquely(operation: &mut Operation) {
    let topic = operation.tags.as_ref().and_then(|tags| tags.first());
    if let (Some(id), Some(topic)) = (&operation.operation_id, topic) {
        operation.operation_id = Some(format!("{topic}_{id}"));
    }
}

fn add_problems(operation: &mut Operation, path: &str, commands: bool) {
    let of_api = path.starts_with(API);
    let has_parts = path.contains('{');
    // Who asks whether the process lives is refused nothing because of others.
    let admitted = path != "/livez";
    let takes_body = operation.request_body.is_some();
    let takes_query = operation.parameters.as_ref().is_some_and(|parameters| {
        parameters.iter().any(|parameter| match parameter {
            RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Query,
            RefOr::Ref(_) => false,
        })
    });
    let public = operation.security.as_ref().is_none_or(|demands| {
        demands.iter().any(|demand| *demand == utoipa::openapi::SecurityRequirement::default())
    });
    let statuses = [
        (400, of_api && (takes_body || takes_query || has_parts || commands)),
        (401, of_api && (!public || takes_body)),
        (403, of_api && !public),
        (404, of_api && (has_parts || commands || takes_query)),
        (406, operation.operation_id.as_deref() == Some("events")),
        (409, of_api && commands),
        (412, of_api && commands && !public),
        (413, takes_body),
        (415, takes_body),
        (422, of_api && commands),
        (429, admitted),
        (431, true),
        (500, true),
        (503, admitted),
        (504, admitted),
    ];
    for (status, applies) in statuses {
        let status: u16 = status;
        if applies && !operation.responses.responses.contains_key(&status.to_string()) {
            operation.responses.responses.insert(status.to_string(), problem());
        }
    }
}

fn problem() -> RefOr<utoipa::openapi::Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new()
        .description("A problem: see its `code`")
        .content("application/problem+json", content);
    RefOr::T(response.build())
}

fn add_command_headers(operation: &mut Operation) {
    let headers = [
        (
            "Idempotency-Key",
            "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
            "A UUID of this command: it is carried out once, however often it is sent",
        ),
        (
            "If-Match",
            "^\"[0-9]{1,9}\"$",
            "The `ETag` of what this is about: the command is carried out only if it is still that",
        ),
    ];
    let parameters = operation.parameters.get_or_insert_default();
    parameters.extend(headers.map(|(name, pattern, what)| header(name, pattern, what).into()));
}

fn header(name: &str, pattern: &str, what: &str) -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(what))
        .schema(Some(text))
        .build()
}
