//! Help in both languages.

use clap::{Arg, ArgAction, Command, CommandFactory};
use wherewithal::domain::Language;

use crate::command::Cli;
use crate::words::told;

/// What help itself says, apart from commands and options.
struct Headings {
    usage: &'static str,
    commands: &'static str,
    command: &'static str,
    arguments: &'static str,
    options: &'static str,
    marks: [&'static str; 3],
}

const EN: Headings = Headings {
    usage: "Usage: ",
    commands: "Commands",
    command: "COMMAND",
    arguments: "Arguments",
    options: "Options",
    marks: [" [default: ", " [one of: ", "]"],
};
const ZH: Headings = Headings {
    usage: "用法：",
    commands: "命令",
    command: "命令",
    arguments: "参数",
    options: "选项",
    marks: ["（默认：", "（可选：", "）"],
};

impl Headings {
    fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Zh => &ZH,
            Language::En => &EN,
        }
    }
}

/// The command line with its help in the language.
pub(crate) fn command(language: Language) -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("Print the version");
    let command = Cli::command().disable_version_flag(true).arg(version);
    spoken(command, language)
}

/// Help as clap renders it, with the words of its own in the language.
pub(crate) fn rendered(text: &str, language: Language) -> String {
    match language {
        Language::En => text.to_owned(),
        Language::Zh => text.replace("[OPTIONS]", "[选项]"),
    }
}

fn spoken(command: Command, language: Language) -> Command {
    let headings = Headings::in_language(language);
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let template = format!("{{about-with-newline}}\n{}{{usage}}\n\n{{all-args}}", headings.usage);
    let mut command = command
        .arg_required_else_help(false)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help.help("Print help; --help says more than -h"))
        .help_template(template)
        .subcommand_help_heading(headings.commands)
        .subcommand_value_name(headings.command);
    if let Some(about) = command.get_about().map(ToString::to_string) {
        command = command.about(paragraphs(&about, language));
    }
    if let Some(about) = command.get_long_about().map(ToString::to_string) {
        command = command.long_about(paragraphs(&about, language));
    }
    let options: Vec<clap::Id> = command.get_arguments().map(|option| option.get_id().clone()).collect();
    command = options
        .into_iter()
        .fold(command, |command, id| command.mut_arg(id.as_str(), |option| explained(option, language)));
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, |command| spoken(command, language)))
}

/// An option with its help, its default and its values in the language.
fn explained(option: Arg, language: Language) -> Arg {
    let headings = Headings::in_language(language);
    let [default, one_of, end] = headings.marks;
    let joined = |mark: &str, values: Vec<String>| match values.as_slice() {
        [] => String::new(),
        values => format!("{mark}{}{end}", values.join(if language == Language::Zh { "、" } else { ", " })),
    };
    let takes_values = option.get_action().takes_values();
    let values = option.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let defaults = option.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let more = if takes_values { joined(one_of, values) + &joined(default, defaults) } else { String::new() };
    let full = |text: &str| paragraphs(text, language) + &more;
    let help = option.get_help().map(|text| full(&text.to_string()));
    let long = option.get_long_help().map(|text| full(&text.to_string()));
    let heading = if option.is_positional() { headings.arguments } else { headings.options };
    let option = if takes_values { option.hide_default_value(true).hide_possible_values(true) } else { option };
    // What every command has stands behind its own.
    let option = match option.is_global_set() || ["help", "version"].contains(&option.get_id().as_str()) {
        true => option.display_order(1_000),
        false => option,
    };
    let option = option.help_heading(heading).help(help.unwrap_or_default());
    match long {
        Some(long) => option.long_help(long),
        None => option,
    }
}

/// Each paragraph in the language; help ends without a full stop.
fn paragraphs(text: &str, language: Language) -> String {
    let paragraph = |text: &str| told(text.trim().trim_end_matches('.'), language).into_owned();
    text.split("\n\n").map(paragraph).collect::<Vec<_>>().join("\n\n")
}
