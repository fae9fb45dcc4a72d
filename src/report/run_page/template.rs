//! A page and a template → HTML. The template is built in, or the workspace's own `run.html`; every text that it places is
//! escaped, it sees nothing but the page, and a mistake in it is told with its line.

use std::fmt;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use super::Page;

/// The template that is used unless the workspace has its own.
pub const BUILT_IN: &str = include_str!("../../../config/templates/run.html");
/// The name of the template in `templates/`.
pub const NAME: &str = "run.html";

/// A template that was read.
pub struct PageTemplate {
    environment: Environment<'static>,
    is_built_in: bool,
}

/// What is wrong with a template.
#[derive(Debug)]
pub struct TemplateError {
    /// `templates/run.html`, or that it is built in.
    pub file: String,
    /// Counted from 1.
    pub line: Option<usize>,
    /// What it is.
    pub reason: String,
}

impl PageTemplate {
    /// The workspace's own template, or the built-in one.
    ///
    /// # Errors
    /// [`TemplateError`] if it is not one.
    pub fn new(own: Option<String>) -> Result<Self, TemplateError> {
        let is_built_in = own.is_none();
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_syntax(syntax());
        let added = environment.add_template_owned(NAME, own.unwrap_or_else(|| BUILT_IN.to_owned()));
        let error = added.err().map(|error| TemplateError::of(&error, is_built_in));
        error.map_or(Ok(Self { environment, is_built_in }), Err)
    }

    /// The page as HTML.
    ///
    /// # Errors
    /// [`TemplateError`] if the template asks for what is not there.
    pub fn render(&self, page: &Page) -> Result<String, TemplateError> {
        let template = self.environment.get_template(NAME);
        let rendered = template.and_then(|template| template.render(Serde(page)));
        rendered.map_err(|error| TemplateError::of(&error, self.is_built_in))
    }
}

/// Blocks may stand on lines of their own without leaving a trace of them.
fn syntax() -> SyntaxConfig {
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    syntax.expect("the delimiters are the usual ones")
}

impl TemplateError {
    fn of(error: &minijinja::Error, is_built_in: bool) -> Self {
        let place = if is_built_in { "built-in template " } else { "templates/" };
        let reason = match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        };
        Self { file: format!("{place}{NAME}"), line: error.line(), reason }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.reason),
            None => write!(f, "{}: {}", self.file, self.reason),
        }
    }
}
