//! Profiles: what is refused, where, and how to mend it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use dcdb_purchase_e2e::{
    domain::Money,
    evidence::Redaction,
    target::{Contract, Delivered, Lacking, Likeness, Profile, Reach, Text, Wish, World, load},
};
use tempfile::TempDir;

/// A folder with a copy of the shipped profiles, so that texts name short paths.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/targets")).expect("the profiles") {
            let path = entry.expect("a file").path();
            fs::copy(&path, folder.path().join(path.file_name().expect("a name"))).expect("copied");
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load_with(&self, text: &str, variables: &BTreeMap<&str, &str>) -> Result<Profile, String> {
        fs::write(self.path("own.yaml"), text).expect("written");
        let folder = format!("{}/", self.0.path().display());
        load(&self.path("own.yaml"), &|name| variables.get(name).map(|value| (*value).to_owned()))
            .map_err(|refusal| refusal.to_string().replace(&folder, ""))
    }

    fn load(&self, text: &str) -> Result<Profile, String> {
        self.load_with(text, &BTreeMap::new())
    }
}

#[test]
fn every_shipped_profile_loads() {
    let folder = Folder::new();
    for name in ["standin.yaml", "standin-zh.yaml", "standin-tea.yaml", "standin-tea-zh.yaml", "staging.example.yaml"] {
        let profile = load(&folder.path(name), &|name| name.starts_with("BUYER_").then(|| "x".to_owned()))
            .unwrap_or_else(|refusal| panic!("{refusal}"));
        assert_eq!(profile.is_remote(), name.starts_with("staging"), "{name}");
        assert_eq!(profile.may_buy(), !name.starts_with("staging"), "{name}");
    }
    let base = load(&folder.path("base.yaml"), &|_| None).expect_err("the base is no target").to_string();
    assert!(base.contains("missing field `name`"), "{base}");
}

/// What the example only tells of, commented out, is as good as the rest of it.
#[test]
fn the_newer_pages_of_the_example_load_once_they_are_uncommented() {
    let folder = Folder::new();
    let example = fs::read_to_string(folder.path("staging.example.yaml")).expect("the example");
    let told = example.lines().skip_while(|line| !line.starts_with("# delivered-as:"));
    let told: Vec<&str> = told.map_while(|line| line.strip_prefix("# ")).collect();
    let own = format!("extends: staging.example.yaml\n{}\n", told.join("\n"));
    let variables = BTreeMap::from([("BUYER_EMAIL", "x"), ("BUYER_PASSWORD", "x")]);
    let profile = folder.load_with(&own, &variables).expect("loaded");
    assert_eq!(profile.delivered_as, Delivered::Running);
    let why = profile.lack("initialisation").expect("a reason");
    assert!(why.contains("staging delivers instances running"), "{why}");
    assert_eq!(profile.pages.payment.expect("a payment page").path, "/pay/{order}");
    let as_it_is = folder.load_with("extends: staging.example.yaml\n", &variables).expect("loaded");
    assert!(as_it_is.lack("initialisation").is_none() && as_it_is.pages.payment.is_none());
}

#[test]
fn refusals_name_file_line_and_mend() {
    let folder = Folder::new();
    let standin = |more: &str| format!("extends: standin.yaml\nname: own\n{more}");
    let cases = [
        (standin("colour: red\n"), "own.yaml:3: colour: unknown field `colour`", "correct the key's spelling"),
        (standin("pages:\n  home:\n    porducts: { css: a }\n"), "own.yaml:5: pages.home.porducts: unknown field `porducts`", "correct the key's spelling"),
        (standin("pages:\n  login:\n    email: { labell: E-mail }\n"), "own.yaml:5: pages.login.email", "correct"),
        (standin("pages:\n  login:\n    email: { label: E-mail, css: '#email' }\n"), "own.yaml:5: pages.login.email: a locator takes only one of", "correct the value"),
        (standin("pages:\n  login:\n    email: { within: { css: form } }\n"), "own.yaml:5: pages.login.email", "correct the value"),
        (standin("pages:\n  login:\n    email: { css: a, name: b }\n"), "a locator's name goes with a role", "correct the value"),
        (standin("deadlines:\n  element: soon\n"), "own.yaml:4: deadlines.element: \"soon\" is no duration", "correct the value"),
        (standin("deadlines:\n  step: 5s\n  element: 0s\n"), "own.yaml:5: deadlines: element: is no time at all", "such as 5s"),
        (standin("pages:\n  check:\n    path: /dcdb?step=2\n"), "own.yaml:5: the path \"/dcdb?step=2\" has a query", "such as /dcdb"),
        (standin("pages:\n  check:\n    path: https://buy.example.com/dcdb\n"), "own.yaml:5: the path \"https://buy.example.com/dcdb\" is a whole address", "such as /dcdb"),
        (standin("pages:\n  login:\n    email: { css: 'input[name=' }\n"), "own.yaml:5: pages.login.email: \"input[name=\" is no CSS selector", "correct the value"),
        (standin("pages:\n  login:\n    email: { css: 'form..wide' }\n"), "own.yaml:5: pages.login.email: \"form..wide\" is no CSS selector: a class is missing behind a dot", "correct the value"),
        (standin("pages:\n  login:\n    email: { css: '[=mail]' }\n"), "own.yaml:5: pages.login.email: \"[=mail]\" is no CSS selector: an attribute is ill-written", "correct the value"),
        (standin("pages:\n  login:\n    email: { css: 'form >' }\n"), "own.yaml:5: pages.login.email: \"form >\" is no CSS selector", "correct the value"),
        (standin("pages:\n  login:\n    email: { label: { matches: '(?i)mail' } }\n"), "\"(?i)mail\" is no regular expression as pages know them", "correct the pattern"),
        (standin("pages:\n  login:\n    email: { label: { matches: '(?P<x>mail)' } }\n"), "is no regular expression as pages know them", "correct the pattern"),
        (standin("sites:\n  buy: buy.example.com\n"), "own.yaml:4: \"buy.example.com\" is no address", "write it as https://buy.example.com"),
        (standin("sites:\n  buy: ftp://buy.example.com\n"), "own.yaml:4: \"ftp://buy.example.com\" is no address of a site", "write it as https://"),
        (standin("sites:\n  buy: https://user:secret@buy.example.com\n"), "own.yaml:4: the address of buy.example.com carries a user or password", "write it as https://"),
        (standin("language: fr\n"), "own.yaml:3: no language is called \"fr\"", "say en or zh-CN"),
        (standin("language: zh-CN\npages:\n  login:\n    email: { label: { en: Mail } }\n"), "own.yaml:6: pages.login.email.label: this wording is not given in zh-CN", "add it: zh-CN:"),
        (standin("formats:\n  order-number: '('\n"), "own.yaml:4: \"(\" is no regular expression", "correct the pattern"),
        (standin("formats:\n  money: yuan\n"), "own.yaml:4: \"yuan\" does not say where the figures stand", "write it as ¥{amount}"),
        (standin("standin: { skin: bark }\n"), "own.yaml:3: standin.skin: unknown variant `bark`, expected `classic` or `tea`", "correct the value"),
        (standin("tolerated-complaints: ['[']\n"), "own.yaml:3: tolerated-complaints.0: \"[\" is no regular expression", "correct the pattern"),
        (standin("pages:\n  purchase:\n    choices:\n      colour: { how: select, control: { css: a } }\n"), "no field is called colour", "there are region, zone"),
        (standin("pages:\n  purchase:\n    choices:\n      zone: { how: guess, control: { css: a } }\n"), "unknown variant `guess`", "correct the value"),
        (standin("buying: { per-order: 100, per-run: ¥1.00, per-day: ¥1.00, instances: 1 }\n"), "own.yaml:3: buying.per-order: ", "say its keys below it"),
        (standin("accounts:\n  - name: Ana\n    email: ana@example.com\n    password: ${NOT_SET}\n    balance: ¥1.00\n"), "own.yaml:6: accounts.0.password: the variable NOT_SET is not set", "export NOT_SET="),
        (standin("accounts:\n  - { name: Ana, email: a, password: b, balance: lots }\n"), "accounts.0.balance: \"lots\" is no amount", "write it as ¥1,015.20"),
        ("extends: base.yaml\nname: own\nsites: { portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }\nhosts: [a.example, b.example, c.example]\naccounts: on-demand\n".into(), "own.yaml:5: only the run's own stand-in makes accounts on demand", "list the accounts"),
        ("extends: base.yaml\nname: own\nsites: { portal: 'http://a.example:{port}', buy: 'http://b.example', console: 'http://c.example' }\nhosts: [a.example, b.example, c.example]\naccounts: []\n".into(), "has a {port}, but the run starts no stand-in", "write the address out"),
        ("extends: base.yaml\nname: own\nsites: { portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }\naccounts: []\n".into(), "missing field `hosts`", "list the hosts that browsers of a run may be on: hosts: ["),
        (standin("sites:\n  buy: https://buy.cloud.tencent.localhost\n"), "own.yaml:4: https://buy.cloud.tencent.localhost is not the stand-in that the run starts", "write its {port}, or remove standin:"),
        (standin("sites:\n  buy: https://buy.example.com\n"), "standin.yaml:10: hosts does not list buy.example.com, where sites: buy: is", "add it, if browsers of a run may go there"),
        (standin("hosts: ['*.tencent.localhost', 'https://buy.example.com']\n"), "own.yaml:3: \"https://buy.example.com\" is no name of a host", "no http://, port or path"),
        (standin("hosts: ['*']\n"), "own.yaml:3: \"*\" is no pattern", "name each host"),
        (standin("hosts: ['*tencent.localhost']\n"), "own.yaml:3: \"*tencent.localhost\" is no pattern", "write *.tencent.localhost"),
        (standin("hosts: ['*.com']\n"), "own.yaml:3: \"*.com\" admits hosts of anybody", "*.example.com"),
        (standin("overlays:\n  - { shown: { css: .news }, dismiss: { role: button, name: Confirm Purchase } }\n"), "own.yaml:3: an overlay would be dismissed by button \"Confirm Purchase\", which pays, terminates or returns (pages: check: confirm)", "say what closes the overlay and nothing else"),
        (standin("overlays:\n  - { shown: { css: .news }, dismiss: { css: b, within: { role: button, name: Terminate/Return } } }\n"), "(pages: console: terminate)", "say what closes the overlay"),
        (standin("overlays:\n  - { shown: { css: .news }, dismiss: { role: button, name: Return, within: { role: dialog } } }\n"), "(pages: console: return-dialog: ok)", "say what closes the overlay"),
        (standin("on-the-way:\n  - { at: check, before: confirm, do: [ { tick: { role: checkbox } } ] }\n"), "own.yaml:3: on the way at the check page, before confirm: confirm is nothing there", "is done once its page has come"),
        (standin("on-the-way:\n  - { at: check, do: [ { press: { role: button, name: Confirm Purchase } } ] }\n"), "own.yaml:3: on the way at the check page: button \"Confirm Purchase\" pays, confirms, terminates or returns (pages: check: confirm)", "say what else is done there"),
        (standin("on-the-way:\n  - { at: console, do: [ { tick: { css: b, within: { role: button, name: Terminate/Return } } } ] }\n"), "(pages: console: terminate)", "say what else"),
        (standin("on-the-way:\n  - { at: login, do: [ { press: { role: button, name: Buy it } } ] }\n"), "by its name, \"Buy it\" pays", "say what else"),
        (standin("on-the-way:\n  - { at: check, do: [ { press: { text: OK } } ] }\n"), "by its name, \"OK\" pays", "say what else"),
        // It falls due on the check page, where OK may confirm.
        (standin("on-the-way:\n  - { at: purchase, after: purchase-now, do: [ { press: { text: OK } } ] }\n"), "by its name, \"OK\" pays", "say what else"),
        (standin("on-the-way:\n  - { at: login, before: log-in, after: log-in, do: [ { press: { text: a } } ] }\n"), "before and after at once", "leave one out"),
        (standin("on-the-way:\n  - { at: login, do: [ { fill: { css: a }, with: \"1\\uE007\" } ] }\n"), "holds keys, not characters", "leave them out"),
        (standin("on-the-way:\n  - { at: login, do: [ { fill: { css: a }, with: '{code}' } ] }\n"), "no account has anything to make {code} of", "accounts: one-time-code:"),
        (standin("on-the-way:\n  - { at: login, do: [ { fill: { css: a } } ] }\n"), "own.yaml:4: on-the-way.0.do", "correct the value"),
        (standin("accounts:\n  - { name: Ana, email: a, password: b, one-time-code: '1 is none', balance: ¥1.00 }\n"), "the one-time-code of Ana: it is not in Base32", "digits 2 to 7"),
        (standin("dialogs:\n  - { text: Sure?, reply: perhaps }\n"), "reply: unknown variant `perhaps`, expected one of `accept`, `dismiss`, `text`", "correct the value"),
        (standin("overlays:\n  - { shown: { css: .news, frame: { css: iframe } }, dismiss: { css: .close } }\n"), "own.yaml:3: an overlay is not looked for in frames: CSS .news in the frame CSS iframe", "on the page itself"),
        (standin("overlays:\n  - { shown: { css: .news, frame: { css: a }, within: { css: b, frame: { css: c } } }, dismiss: { css: d } }\n"), "a locator says once in which frame it is", ""),
        (standin("requests: { cart: { url: /cart } }\n"), "own.yaml:3: requests.cart: unknown field `cart`", "correct the key's spelling"),
        (standin("requests:\n  price: { url: { contains: '' } }\n"), "own.yaml:4: every address is like this one", "write what tells the request from all others"),
        (standin("requests:\n  price: { url: { matches: '(' } }\n"), "own.yaml:4: requests.price.url: \"(\" is no regular expression", "correct the pattern"),
        (standin("requests:\n  confirmation: { method: post, url: /confirm }\n"), "own.yaml:4: \"post\" is no method of a request", "write it as POST"),
        (standin("address:\n  check: { colour: c }\n"), "own.yaml:4: no field is called colour", "there are region, zone"),
        (standin("webdriver: grid:4444\n"), "own.yaml:3: \"grid:4444\" is no address of a site", "write it as http://127.0.0.1:4444"),
        (standin("webdriver: 4444\n"), "own.yaml:3: webdriver: invalid type: integer `4444`, expected an address, or a mapping with url", "correct the value"),
        (standin("webdriver: 'http://ana:secret@grid'\n"), "own.yaml:3: the address of grid carries a user or password", "keys of their own"),
        (standin("webdriver:\n  url: http://grid\n  colour: red\n"), "own.yaml:5: webdriver.colour: unknown field `colour`", "correct the key's spelling"),
        (standin("webdriver:\n  url: http://grid\n  queue: soon\n"), "own.yaml:5: webdriver.queue: \"soon\" is no duration", "correct the value"),
        (standin("webdriver: { url: http://grid, password: secret }\n"), "own.yaml:3: a grid is told both user and password, or neither", "add the other"),
        (standin("webdriver: { url: http://grid, user: 'a:b', password: secret }\n"), "own.yaml:3: \"a:b\" is no user of a grid", "correct it"),
        (standin("webdriver: { url: http://grid, user: ana, password: '' }\n"), "own.yaml:3: the password for the grid is empty", "set its variable"),
        (standin("api: { colour: red }\n"), "own.yaml:3: api.colour: unknown field `colour`", "correct the key's spelling"),
        (standin("api:\n  dcdb: https://dcdb.tencentcloudapi.com\n"), "own.yaml:4: https://dcdb.tencentcloudapi.com is not the API of the stand-in", "write its {port}"),
        (standin("api:\n  billing: 'http://localhost:{port}/v2'\n"), "own.yaml:4: http://localhost:{port}/v2 has a path", "write it as https://"),
        (standin("api:\n  regions:\n    atlantis: ap-atlantis\n"), "no region is called atlantis", "there are guangzhou, "),
        (standin("catalogue:\n  fields:\n    colour: { kind: hue }\n"), "own.yaml:5: catalogue.fields.colour.kind: unknown variant `hue`", "correct the value"),
        (standin("catalogue: { fields: { colour: { kind: on-off } } }\n"), "the choice colour is missing", "lacks: { colour: why }"),
        (standin("catalogue: { fields: { zone: { before: region } } }\n"), "own.yaml:3: zone stands before region, which would reset it once it is chosen", "put it behind"),
        (standin("catalogue: { fields: { zone: { follows: country } } }\n"), "zone names the field country, which is none", "there are region, zone, "),
        (standin("catalogue: { fields: { zone: { values: { tokyo-1: { of: [tokyo] } } } } }\n"), "tokyo-1 of zone is said to be of tokyo, which is no value of the field that it follows", "follows:"),
        (standin("catalogue: { fields: { region: { opens-with: tokyo } } }\n"), "region opens with what it cannot: tokyo is no region here; there are Guangzhou, ", "correct opens-with:"),
        (standin("catalogue: { fields: { region: { opens-with: Guangzhou } } }\n"), "own.yaml:3: region opens with what it cannot: Guangzhou is no key of region, but the name of guangzhou; write guangzhou", "correct opens-with:"),
        (standin("catalogue: { fields: { disk: { opens-with: 100 GB } } }\n"), "own.yaml:3: disk opens with what it cannot: 100 GB is no key of disk per shard", "correct opens-with:"),
        (standin("catalogue: { fields: { vpc: { shown-with: { network: VPC } } } }\n"), "own.yaml:3: vpc goes by what cannot be chosen (shown-with:): VPC is no key of network type, but the name of vpc", "correct shown-with:"),
        (standin("catalogue: { fields: { disk: { to: { period: { 2 months: 300 } } } } }\n"), "own.yaml:3: disk goes by what cannot be chosen (to:): 2 months is no key of period, but the name of 2; write 2", "correct to:"),
        (standin("catalogue: { fields: { vpc: { shown-with: { network: tunnel } } } }\n"), "own.yaml:3: vpc goes by what cannot be chosen (shown-with:): tunnel is no network type here", "correct shown-with:"),
        (standin("catalogue:\n  initialisation: { table-names: { opens-with: case-sensitive } }\n"), "own.yaml:4: table-names opens with what it cannot: case-sensitive is no key of table names, but the name of sensitive", "correct opens-with:"),
        (standin("catalogue:\n  initialisation: { sync-mode: { opens-with: never } }\n"), "own.yaml:4: sync-mode opens with what it cannot: never is no sync mode here", "correct opens-with:"),
        (standin("catalogue: { fields: { disk: { opens-with: 600 } } }\n"), "the page opens with what it would refuse: disk per shard is 10 to 500 GB in steps of 10 GB here, not 600", "correct opens-with:"),
        (standin("catalogue: { documented-example: { region: Tokyo } }\n"), "Tokyo is no region here", "names as features do"),
        (standin("examples: [{ choices: { region: Tokyo }, total: ¥1.00 }]\n"), "own.yaml:3: Tokyo is no region here; there are Guangzhou, ", "what is sold here"),
        (standin("examples: [{ choices: { disk: 500 } }]\n"), "own.yaml:3: an example says no amount", "what it costs"),
        (standin("examples: [{ choices: { disk: 500 }, total: a lot }]\n"), "own.yaml:3: examples.0.total: \"a lot\" is no amount", "correct the value"),
        (standin("accounts:\n  - { name: Ana, email: a, password: b, balance: ¥1.00, api-key: { secret-id: AKID, secret-key: '' } }\n"), "own.yaml:3: the API key of Ana is only half given", "set both of its variables"),
        ("extends: base.yaml\nname: own\nsites: { portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }\nhosts: [a.example, b.example, c.example]\naccounts:\n  - { name: Ana, email: a, password: b, balance: ¥1.00, api-key: { secret-id: AKID, secret-key: k } }\n".into(), "own.yaml:5: an account has a key for an API that is nowhere", "say where it is: api:"),
        ("extends: base.yaml\naccounts: []\n".into(), "missing field `name`", "add the key"),
        ("extends: nowhere.yaml\n".into(), "own.yaml:1: it extends nowhere.yaml, which is not there", "relative to this file"),
        ("extends: own.yaml\n".into(), "the profile extends itself", "remove one of the `extends`"),
        ("extends: [a]\n".into(), "own.yaml:1: `extends` is not the path of a file", "extends: base.yaml"),
        ("name: [\n".into(), "own.yaml:", "correct the syntax"),
        ("just a text\n".into(), "own.yaml:1: a profile is a mapping", "start from a copy"),
    ];
    for (text, what, mend) in cases {
        let Err(refusal) = folder.load(&text) else { panic!("this was taken:\n{text}") };
        assert!(
            refusal.contains(what) && refusal.contains("\n  mend: ") && refusal.contains(mend),
            "{text}\nexpected: {what} … {mend}\nsaid:     {refusal}"
        );
        assert!(!refusal.contains("secret"), "{refusal}");
    }
    let missing = load(&folder.path("nowhere.yaml"), &|_| None).expect_err("it is not there").to_string();
    assert!(missing.contains("nowhere.yaml: the profile cannot be read") && missing.contains("mend: "), "{missing}");
}

/// By quote, by number, in a host, in a word, short and long.
#[test]
fn a_refusal_quotes_no_value_of_a_variable_and_none_that_stands_for_a_secret() {
    let folder = Folder::new();
    let account =
        |keys: &str| format!("extends: standin.yaml\nname: own\naccounts:\n  - {{ name: Ana, email: a, {keys} }}\n");
    for (text, value, said) in [
        (account("password: x, balance: \"${V}\""), "canary", "accounts.0.balance: \"${V}\" is no amount"),
        (account("password: x, balance: \"¥${V}\""), "cnr", "is no amount"),
        (account("password: { canary: 1, it: canary }, balance: ¥1.00"), "", "accounts"),
        (account("password: 775533, balance: lots"), "775533", "accounts"),
        (account("session: canary.json, balance: ¥1.00"), "canary", "cannot be read"),
        (account("password: \"${V}\", balance: ¥1.00"), "", "the password of Ana is empty"),
        (account("password: '', balance: ¥1.00"), "", "the password of Ana is empty"),
        ("extends: standin.yaml\nname: own\nsites:\n  buy: ${V}\n".into(), "canary.example", "\"${V}\" is no address"),
        (
            "extends: standin.yaml\nname: own\nsites:\n  buy: ${V}\n".into(),
            "https://canary.example",
            "hosts does not list the host of ${V}",
        ),
        ("extends: standin.yaml\nname: own\nstandin: { skin: \"${V}\" }\n".into(), "canary", "unknown variant `${V}`"),
        ("extends: standin.yaml\nname: own\nstandin: { skin: \"${V}\" }\n".into(), "c\"y", "unknown variant `${V}`"),
        (
            "extends: standin.yaml\nname: own\ntolerated-complaints: ['${V}']\n".into(),
            "[",
            "\"${V}\" is no regular expression",
        ),
        ("extends: standin.yaml\nname: own\ndeadlines: { element: \"${V}\" }\n".into(), "soon canary", "deadlines"),
        ("extends: standin.yaml\nname: own\nheaders: { authorization: canary }\n".into(), "", "unknown field"),
        // Where it does not belong it is a secret all the same.
        (
            "extends: standin.yaml\nname: own\nlacks: { session: canary-1 }\ndeadlines: { element: canary-1 }\n".into(),
            "",
            "is no duration",
        ),
    ] {
        let refusal = folder.load_with(&text, &BTreeMap::from([("V", value)])).expect_err(&text);
        let quoted =
            ["canary", "cnr", "775533", "c\"y", "c\\\"y", "\"[\""].into_iter().find(|value| refusal.contains(value));
        // The key of a mapping is no value.
        let quoted = quoted.filter(|_| !text.contains("{ canary: 1"));
        assert!(quoted.is_none() && refusal.contains(said), "{text}\nexpected: {said}\nsaid:     {refusal}");
    }
}

#[test]
fn a_secret_that_is_written_out_is_warned_of_by_its_place() {
    let folder = Folder::new();
    let own = |password: &str| {
        format!(
            "extends: base.yaml\nname: own\nsites: {{ portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }}\nhosts: ['*.example']\naccounts:\n  - name: Ana\n    email: a\n    password: {password}\n    balance: ¥1.00\n"
        )
    };
    let warnings = folder.load(&own("canary")).expect("loaded").warnings;
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert!(
        warning.contains("own.yaml:8: accounts.0.password is written out")
            && warning.contains("mend: give it by a variable"),
        "{warning}"
    );
    assert!(!warning.contains("canary"), "{warning}");
    let by_variable = folder.load_with(&own("${V}"), &BTreeMap::from([("V", "canary")])).expect("loaded");
    assert_eq!(by_variable.warnings, Vec::<String>::new());
}

#[test]
fn files_as_editors_save_them_are_read_or_refused_by_the_name_of_their_encoding() {
    let folder = Folder::new();
    let text = "extends: standin.yaml\nname: own\n";
    assert_eq!(folder.load(&format!("\u{feff}{text}")).expect("loaded").name, "own");
    for bytes in [
        text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
    ] {
        fs::write(folder.path("wide.yaml"), bytes).expect("written");
        let refusal = load(&folder.path("wide.yaml"), &|_| None).expect_err("refused").to_string();
        assert!(refusal.contains("it is in UTF-16; save it as UTF-8"), "{refusal}");
    }
    fs::write(folder.path("latin.yaml"), b"name: K\xf6ln\n").expect("written");
    let refusal = load(&folder.path("latin.yaml"), &|_| None).expect_err("refused").to_string();
    assert!(refusal.contains("it is not in UTF-8 from line 1 on"), "{refusal}");
}

#[test]
fn a_profile_that_goes_on_for_ever_is_refused() {
    let folder = Folder::new();
    for link in 0..20_000 {
        fs::write(folder.path(&format!("{link}.yaml")), format!("extends: {}.yaml\n", link + 1)).expect("written");
    }
    let said = |name: &str| load(&folder.path(name), &|_| None).expect_err("refused").to_string();
    assert!(said("0.yaml").contains("more than 32 profiles extend each other"), "{}", said("0.yaml"));
    fs::write(folder.path("a.yaml"), "extends: link.yaml\n").expect("written");
    std::os::unix::fs::symlink("a.yaml", folder.path("link.yaml")).expect("a link");
    assert!(said("a.yaml").contains("the profile extends itself"), "{}", said("a.yaml"));
    let laughs: String = (1..30).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, n| {
        let before = n - 1;
        format!("{text}a{n}: &a{n} [*a{before}, *a{before}, *a{before}, *a{before}, *a{before}, *a{before}]\n")
    });
    for (text, what) in [
        ("name: ".to_owned() + &"[".repeat(100_000), "brackets within brackets, more than 100 deep"),
        ("name: ".to_owned() + &"{a: ".repeat(100_000), "brackets within brackets, more than 100 deep"),
        ("name:\n  ".to_owned() + &"- ".repeat(100_000), "not YAML: "),
        (laughs, "not YAML: "),
    ] {
        let refusal = folder.load(&text).expect_err("refused");
        assert!(refusal.contains(what), "{refusal}");
    }
}

#[test]
fn variables_are_filled_in_and_may_have_something_to_fall_back_on() {
    let folder = Folder::new();
    let text = "extends: standin.yaml\nname: ${NAME}-${KIND:-plain}\n";
    assert_eq!(folder.load_with(text, &BTreeMap::from([("NAME", "own")])).expect("loaded").name, "own-plain");
    assert_eq!(
        folder.load_with(text, &BTreeMap::from([("NAME", "own"), ("KIND", "odd")])).expect("loaded").name,
        "own-odd"
    );
}

#[test]
fn wordings_are_taken_in_the_profile_s_language_and_overrides_replace_one_locator_whole() {
    let folder = Folder::new();
    let chinese = folder.load("extends: standin.yaml\nname: own\nlanguage: zh-CN\n").expect("loaded");
    assert_eq!(chinese.pages.login.email.label, Some(Text::from("邮箱")));
    assert_eq!(chinese.word("region", "hong-kong").expect("a word"), "中国香港");
    let own = folder.load("extends: standin.yaml\nname: own\npages:\n  home:\n    products: { css: '#products' }\ndeadlines: { element: 250ms }\n").expect("loaded");
    assert_eq!((own.pages.home.products.role, own.pages.home.products.css), (None, Some("#products".into())));
    assert_eq!(own.pages.home.database.name, Some(Text::from("Database")), "what is not overridden stays");
    assert_eq!(own.deadlines.element, Duration::from_millis(250));
}

fn listed() -> Profile {
    let text = "extends: base.yaml\nname: own\nsites: { portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }\nhosts: [a.example, b.example, c.example]\naccounts:\n  - { name: Ana, email: ana@example.com, password: a, balance: '¥500.00' }\n  - { name: Bo, email: bo@example.com, password: b, balance: '¥0.00', verified: false }\n";
    Folder::new().load(text).expect("loaded")
}

#[tokio::test]
async fn a_listed_account_is_one_scenario_s_at_a_time() {
    let world = World::new(&listed());
    let wish = Wish::default();
    let first = world.account(&wish).await.expect("Ana");
    assert_eq!(first.name, "Ana");
    let waiting = tokio::spawn({
        let world = world.clone();
        async move { world.account(&wish).await.map(|account| account.name) }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished(), "the same account was leased twice");
    drop(first);
    assert_eq!(waiting.await.expect("no panic").expect("Ana again"), "Ana");
}

/// Three accounts that may buy.
fn three() -> Profile {
    let accounts: String = ["Ana", "Cy", "Di"]
        .iter()
        .map(|name| format!("  - {{ name: {name}, email: {name}@example.com, password: a, balance: '¥500.00' }}\n"))
        .collect();
    let text = format!(
        "extends: base.yaml\nname: own\nsites: {{ portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }}\nhosts: [a.example, b.example, c.example]\naccounts:\n{accounts}"
    );
    Folder::new().load(&text).expect("loaded")
}

/// A run that needs so many accounts, on a target.
async fn begun(profile: &Profile, count: usize, state: &Path, target: &str) -> World {
    let world = World::new(profile);
    world.choose(&[(Wish::default(), count)], Some(state), target).await.expect("chosen");
    world
}

fn names_of(world: &World) -> Vec<String> {
    world.chosen().expect("chosen").into_iter().map(|(account, _)| account.name).collect()
}

#[tokio::test]
async fn a_listed_account_is_used_by_one_run_at_a_time_and_by_the_run_that_needs_it() {
    let (profile, state) = (three(), tempfile::tempdir().expect("a folder"));
    let one = begun(&profile, 1, state.path(), "http://a.example").await;
    let two = begun(&profile, 5, state.path(), "http://a.example").await;
    assert_eq!((names_of(&one), names_of(&two)), (vec!["Ana".into()], vec!["Cy".into(), "Di".into()]));
    // Of the same name elsewhere are others.
    assert_eq!(names_of(&begun(&profile, 3, state.path(), "http://else.example").await).len(), 3);
    let third = tokio::spawn({
        let (profile, state) = (profile.clone(), state.path().to_owned());
        async move { names_of(&begun(&profile, 1, &state, "http://a.example").await) }
    });
    tokio::task::yield_now().await;
    assert!(!third.is_finished(), "two runs use the same account");
    drop(one);
    assert_eq!(third.await.expect("no panic"), ["Ana"]);
}

#[tokio::test]
async fn the_account_that_has_rested_longest_is_leased_within_a_run_and_over_runs() {
    let (profile, state) = (three(), tempfile::tempdir().expect("a folder"));
    let mut used = Vec::new();
    for _ in 0..4 {
        let world = begun(&profile, 1, state.path(), "http://a.example").await;
        used.push(world.account(&Wish::default()).await.expect("leased").name);
    }
    assert_eq!(used, ["Ana", "Cy", "Di", "Ana"]);
    let world = begun(&profile, 2, state.path(), "http://a.example").await;
    let mut used = Vec::new();
    for _ in 0..4 {
        used.push(world.account(&Wish::default()).await.expect("leased").name);
    }
    assert_eq!(used, ["Cy", "Di", "Cy", "Di"]);
}

#[tokio::test]
async fn an_account_that_was_given_up_is_leased_no_more_and_another_takes_its_place() {
    let (profile, state) = (three(), tempfile::tempdir().expect("a folder"));
    let world = begun(&profile, 1, state.path(), "http://a.example").await;
    for expected in ["Ana", "Cy", "Di"] {
        let account = world.account(&Wish::default()).await.expect("leased");
        assert_eq!(account.name, expected);
        account.give_up();
    }
    let none = world.account(&Wish::default()).await.expect_err("all were given up");
    assert!(none.to_string().contains("is left in this run: scenarios have locked Ana, Cy, Di"), "{none:#}");
}

#[test]
fn a_scenario_of_the_other_contract_is_not_applicable() {
    let documented = listed();
    let mut today = listed();
    today.contract = Contract::Today;
    for tag in ["contract-today", "T4"] {
        let why =
            format!("it is about the pages of today, and those of {} are documented (contract:)", documented.name);
        assert_eq!(reasons(&documented, &[tag]), [why]);
        assert_eq!(reasons(&today, &[tag]), [""; 0]);
    }
    assert_eq!(reasons(&documented, &["contract-documented", "3.4.6"]), [""; 0]);
    let why = format!("it is about the pages of documented, and those of {} are today (contract:)", today.name);
    assert_eq!(reasons(&today, &["contract-documented"]), [why]);
    // Whatever names no contract holds in both, and differs where the owner says so.
    assert_eq!(reasons(&today, &["3.4.6"]), [""; 0]);
    today.differs.insert("T4".into(), "no tags here".into());
    assert_eq!(reasons(&today, &["T4"]), [format!("{} differs in T4: no tags here", today.name)]);
}

#[test]
fn nobody_is_held_to_the_rules_of_another_generation() {
    let tags = [vec!["3.4.6".to_owned()], vec!["T4".to_owned()]];
    let mut profile = listed();
    for (contract, rules) in [(Contract::Documented, 1), (Contract::Today, 2)] {
        profile.contract = contract;
        let asked: Vec<_> = tags.iter().map(|tags| (tags.as_slice(), profile.missing(tags))).collect();
        let reach = Reach::of(&profile, &["3.4.6", "T4"], &asked);
        assert_eq!((reach.rules, reach.of_rules), (rules, rules), "{contract:?}");
    }
}

#[tokio::test]
async fn two_buyers_are_two_accounts_or_lacking() {
    let [one, other] = World::new(&three()).two_accounts().await.expect("two of three");
    assert_ne!(one.name, other.name);
    // Bo is not verified.
    let error = World::new(&listed()).two_accounts().await.expect_err("Ana is alone");
    assert!(error.is::<Lacking>(), "{error:#}");
    assert_eq!(reasons(&listed(), &["I5", "buyer-another"]), ["the profile own lists no second account that may buy"]);
    assert_eq!(reasons(&three(), &["I5", "buyer-another"]), [""; 0]);
    // Nobody is listed who may buy: both are made.
    let made = "accounts: []\nmarker: { meta: environment, is: staging }\nlever-hosts: [ops.example]\nlevers: { account: { pull: { url: 'http://ops.example/people' }, reads: { name: /name, email: /mail, password: /secret } } }\n";
    let text = format!(
        "extends: base.yaml\nname: own\nsites: {{ portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }}\nhosts: [a.example, b.example, c.example]\n{made}"
    );
    let made = Folder::new().load(&text).expect("loaded");
    assert_eq!(reasons(&made, &["I5", "buyer-another"]), [""; 0]);
}

/// Two runs that want the same two accounts, each named first by one of them, would else each hold one for ever.
#[tokio::test]
async fn wishes_that_as_many_accounts_grant_are_served_in_one_order_by_all_runs() {
    let profile = listed_with(
        "  - { name: Bo, email: bo@example.com, password: b, balance: '¥0.00', verified: false }\n  - { name: Cy, email: cy@example.com, password: c, balance: '¥0.00', finance-right: false }\n",
    )
    .expect("loaded");
    let state = tempfile::tempdir().expect("a folder");
    let unverified = Wish { verified: false, ..Wish::default() };
    let may_not_pay = Wish { finance_right: false, ..Wish::default() };
    let run = |wishes: Vec<Wish>| {
        let (profile, state) = (profile.clone(), state.path().to_owned());
        async move {
            let world = World::new(&profile);
            let wishes: Vec<(Wish, usize)> = wishes.into_iter().map(|wish| (wish, 1)).collect();
            world.choose(&wishes, Some(&state), "http://a.example").await.expect("chosen");
            world
        }
    };
    let first = run(vec![may_not_pay]).await;
    let second = tokio::spawn(run(vec![unverified, may_not_pay]));
    tokio::task::yield_now().await;
    assert!(!second.is_finished(), "two runs use the same account");
    let third = tokio::time::timeout(Duration::from_secs(60), run(vec![unverified])).await;
    drop(third.expect("the second run held one account as long as it waited for the other"));
    drop(first);
    assert_eq!(names_of(&second.await.expect("no panic")), ["Bo", "Cy"]);
}

/// A purchase that is to fail for want of money would else be paid where it costs less than by the contract.
#[test]
fn short_of_money_and_just_enough_go_by_what_the_documented_example_costs_here() {
    let short = Wish { short_of_money: true, ..Wish::default() };
    let example = "examples: [{ choices: { disk: 500 }, total: '¥900.00' }]\n";
    for (own, enough, too_little) in [
        ("", Some("¥1,015.20"), "¥1,015.19"),
        (example, Some("¥900.00"), "¥899.99"),
        ("examples: [{ choices: { disk: 400 }, total: '¥900.00' }]\n", Some("¥1,015.20"), "¥1,015.19"),
        (&format!("prices: own\n{example}"), Some("¥900.00"), "¥899.99"),
        // What it costs nobody says: nothing is certainly too little.
        ("prices: own\n", None, "¥0.00"),
    ] {
        let profile = listed_with(own).expect("loaded");
        let total = profile.documented_total().map(|total| total.to_string());
        assert_eq!(total.as_deref(), enough, "{own}");
        assert_eq!(short.balance_made(&profile).to_string(), too_little, "{own}");
    }
}

fn reasons(profile: &Profile, tags: &[&str]) -> Vec<String> {
    let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
    profile.missing(&tags).iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_no_account_can_do_is_lacking_with_the_reason() {
    let world = World::new(&listed());
    let error = world
        .account(&Wish { balance: Some(Money::fen(100_000_000)), ..Wish::default() })
        .await
        .expect_err("nobody is that rich");
    let lacking = error.downcast_ref::<Lacking>().expect("lacking, not failing");
    // What an account has at least is no exact balance.
    assert_eq!(lacking.to_string(), "the profile lists no account with just ¥1,000,000.00 on its balance");
    let unverified = world.account(&Wish { verified: false, ..Wish::default() }).await.expect("Bo");
    assert_eq!(unverified.name, "Bo");
    assert!(!format!("{unverified:?}").contains("\"b\""), "a password was printed");
}

/// A profile of `listed`, with more.
fn listed_with(more: &str) -> Result<Profile, String> {
    let text = format!(
        "extends: base.yaml\nname: own\nsites: {{ portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }}\nhosts: [a.example, b.example, c.example]\naccounts:\n  - {{ name: Ana, email: ana@example.com, password: 'open sesame', balance: '¥500.00' }}\n{more}"
    );
    Folder::new().load(&text).map_err(|refusal| refusal.to_string())
}

#[test]
fn a_scenario_is_left_out_only_for_a_reason_that_the_profile_has_written_down_or_a_line_that_it_could_have() {
    let bought = "buying: {}\n";
    for (tags, more, why, line) in [
        ("3.2.3", "", "", ""),
        ("E1.1 3.2.3", "differs: { '3.2.3': locked by hand }\n", "own differs in 3.2.3: locked by hand", ""),
        ("needs-orders", "lacks: { orders: no list }\n", "own lacks orders: no list", ""),
        ("pays", "", "does not say that anything may be bought (buying:)", "buying:"),
        ("pays", bought, "", ""),
        ("pays", "buying: {}\nlacks: { name: none }\n", "could not carry the suite's name", ""),
        ("lever-time", "", "the profile own has no lever time (levers: time:)", "levers: time:"),
        ("may-lock-account", "", "may leave this trace (may: [lock-account])", "may: [lock-account]"),
        ("may-lock-account", "may: [lock-account, unpaid-order]\n", "", ""),
        (
            "buyer-unverified",
            "",
            "lists no account whose identity is not verified",
            "accounts: one whose identity is not verified (verified: false)",
        ),
        (
            "buyer-short-of-money",
            "",
            "lists no account that is short of money",
            "accounts: one that is short of money (short-of-money: true)",
        ),
        ("buyer-unapproved", "", "", ""),
    ] {
        let tags: Vec<String> = tags.split(' ').map(str::to_owned).collect();
        let missing = listed_with(more).expect("loaded").missing(&tags);
        match why {
            "" => assert!(missing.is_empty(), "{tags:?} {more}: {missing:?}"),
            why => {
                let [missing] = missing.as_slice() else { panic!("{tags:?} {more}: {missing:?}") };
                assert!(missing.why.contains(why), "{}", missing.why);
                assert_eq!(missing.line.as_deref().unwrap_or_default(), line);
            }
        }
    }
    let folder = Folder::new();
    let standin = load(&folder.path("standin.yaml"), &|_| None).expect("loaded");
    let all = ["3.2.3", "pays", "lever-time", "may-lock-account", "buyer-unverified", "needs-orders"];
    assert_eq!(standin.missing(&all.map(str::to_owned)), [], "the run's own stand-in has whatever can be asked for");
}

/// A profile of `listed`, with a lever of this name.
fn with_lever(name: &str, lever: &str) -> Result<Profile, String> {
    let marker = "marker: { meta: environment, is: staging }\nlever-hosts: [ops.example]\n";
    listed_with(&format!("{marker}levers:\n  {name}:\n{lever}"))
}

#[test]
fn a_lever_that_cannot_be_pulled_and_undone_as_it_is_written_is_refused_at_its_line() {
    let good = "    pull: { url: 'https://ops.example/prices?of={account.name}', headers: { authorization: 'Bearer ${TOKEN:-s3cret}' }, body: { percent: '{percent}' } }\n    undo: { method: DELETE, url: 'https://ops.example/prices' }\n";
    let profile = with_lever("prices", good).expect("a lever");
    assert_eq!(profile.missing(&["lever-prices".to_owned()]), []);
    assert_eq!(profile.missing(&["lever-time".to_owned()]).len(), 1);
    let printed = format!("{profile:?}");
    assert!(!printed.contains("s3cret") && !printed.contains("percent"), "{printed}");
    let pull = |url: &str| format!("    pull: {{ url: '{url}' }}\n    stays: it passes\n");
    for (name, lever, said, line) in [
        ("pricelist", good.to_owned(), "unknown field `pricelist`, expected one of `account`, `prices`", 10),
        ("prices", pull("https://ops.example/{percnt}"), "nothing is filled in that is called percnt", 11),
        ("prices", pull("https://ops.example/{zone}"), "it can have percent, unique, account.name, account.email", 11),
        ("prices", pull("https://ops.example/{account.id}"), "nothing is filled in that is called account.id", 11),
        ("prices", pull("https://a.example/"), "lever-hosts does not list a.example", 11),
        ("prices", pull("https://{account.name}.example/"), "where it goes is not known before", 11),
        ("prices", pull("ftp://ops.example/"), "no address of http:// or https://", 11),
        ("prices", pull("https://ana:secret@ops.example/"), "without a user", 11),
        ("prices", pull("http://ops.example:{port}/"), "the run starts no stand-in", 11),
        ("prices", pull("prices"), "it is no address", 11),
        ("prices", "    pull: {}\n".to_owned(), "missing field `url`", 11),
        ("prices", good.replace("undo:", "# undo:"), "levers: prices: it is not undone", 10),
        ("prices", format!("{good}    stays: yes\n"), "it is undone, and stays", 10),
        ("hold", good.replace("percent: '{percent}'", "").replace("undo:", "stays: no # "), "has to let them go again", 10),
        ("prices", format!("{good}    reads: {{ id: data.id }}\n"), "reads: id: it is no JSON pointer", 13),
        ("prices", format!("{good}    reads: {{ percent: /id }}\n"), "percent is filled in already", 13),
        ("prices", format!("{good}    values: {{ zone: {{}} }}\n"), "it can spell percent", 13),
        ("prices", format!("{good}    scope: everybody\n"), "unknown variant `everybody`", 13),
        ("account", pull("https://ops.example/"), "nobody could log in: it has no name", 10),
        (
            "account",
            "    pull: { url: 'https://ops.example/' }\n    undo: { url: 'https://ops.example/{account.password}' }\n    reads: { name: /a, email: /b, password: /c }\n".to_owned(),
            "nothing is filled in that is called account.password",
            12,
        ),
    ] {
        let refused = with_lever(name, &lever).expect_err(said);
        assert!(refused.contains(said), "{said}: {refused}");
        assert!(refused.contains(&format!("own.yaml:{line}: ")), "{said}: {refused}");
        assert!(!refused.contains("s3cret"), "{refused}");
    }
    let unmarked =
        listed_with(&format!("lever-hosts: [ops.example]\nlevers:\n  prices:\n{good}")).expect_err("refused");
    assert!(unmarked.contains("own.yaml:8: levers are pulled only where a target has proved"), "{unmarked}");
    let elsewhere = "extends: standin.yaml\nname: own\nlever-hosts: [127.0.0.1, ops.example]\nlevers: { prices: { pull: { url: 'http://ops.example/' } } }\n";
    let elsewhere = Folder::new().load(elsewhere).expect_err("refused").to_string();
    assert!(elsewhere.contains("it is not at the stand-in that the run starts"), "{elsewhere}");
}

#[test]
fn a_buyer_that_nobody_lists_can_be_made_to_order_where_a_lever_makes_it() {
    let lever = |body: &str| {
        with_lever(
            "account",
            &format!(
                "    pull: {{ url: 'https://ops.example/', body: {{ {body} }} }}\n    reads: {{ name: /a, email: /b, password: /c }}\n"
            ),
        )
        .expect("a lever")
    };
    let missing = |profile: &Profile, tag: &str| profile.missing(&[tag.to_owned()]).len();
    let rich = lever("balance: '{balance}'");
    assert_eq!((missing(&rich, "lever-account"), missing(&rich, "buyer-short-of-money")), (0, 0));
    assert_eq!(missing(&rich, "buyer-unverified"), 1, "it would be made verified");
    assert_eq!(missing(&lever("verified: '{verified}'"), "buyer-unverified"), 0);
}

#[test]
fn an_account_that_was_made_is_undone_by_what_was_read_of_it_whatever_is_listed_beside() {
    let lever = |undo: &str| {
        with_lever(
            "account",
            &format!(
                "    pull: {{ url: 'https://ops.example/' }}\n    undo: {{ url: 'https://ops.example/{undo}' }}\n    reads: {{ name: /a, email: /b, password: /c, id: /d }}\n"
            ),
        )
    };
    lever("{account.id}").expect("a lever");
    let refused = lever("{account.password}").expect_err("a password would be written down");
    assert!(refused.contains("nothing is filled in that is called account.password"), "{refused}");
    // Of the account that another lever is pulled for, which may be a listed one, nothing more is known.
    let both = "  prices:\n    pull: { url: 'https://ops.example/{account.id}' }\n    stays: it passes\n  account:\n    pull: { url: 'https://ops.example/' }\n    reads: { name: /a, email: /b, password: /c, id: /d }\n";
    let refused = listed_with(&format!(
        "marker: {{ meta: environment, is: staging }}\nlever-hosts: [ops.example]\nlevers:\n{both}"
    ));
    let refused = refused.expect_err("Ana has no id");
    assert!(refused.contains("levers: prices: pull: nothing is filled in that is called account.id"), "{refused}");
}

#[test]
fn what_is_documented_and_what_must_never_happen_holds_everywhere() {
    for (clause, said) in [
        ("E1.1", "E1.1 is what the vendor's document says"),
        ("P3", "P3 is what the vendor's document says"),
        ("I3", "I3 is what must never happen"),
        ("pays", "\"pays\" is no number of a rule"),
    ] {
        let refused = listed_with(&format!("differs: {{ {clause}: because }}\n")).expect_err("refused");
        assert!(refused.contains(said), "{refused}");
    }
    let refused = listed_with("differs: { '3.2.3': ' ' }\n").expect_err("refused");
    assert!(refused.contains("no reason is given why 3.2.3 does not hold"), "{refused}");
}

#[test]
fn what_a_profile_extends_may_be_named_by_a_variable() {
    let folder = Folder::new();
    let own =
        folder.load_with("extends: ${SITE:-standin}.yaml\nname: own\n", &BTreeMap::from([("SITE", "standin-zh")]));
    assert_eq!(own.expect("loaded").language, "zh-CN");
    assert_eq!(folder.load("extends: ${SITE:-standin}.yaml\nname: own\n").expect("loaded").language, "en");
    let refused = folder.load("name: own\nextends: ${SITE}.yaml\n").expect_err("refused").to_string();
    assert!(refused.contains("own.yaml:2: extends: the variable SITE is not set"), "{refused}");
}

#[test]
fn a_message_may_be_known_by_a_part_of_it_and_a_word_may_not() {
    let own = listed_with("words: { message: { calculating: { starts: Computing } } }\n").expect("loaded");
    assert_eq!(own.wording("Calculating…").expect("known"), Text::Like(Likeness::Starts("Computing".into())));
    let unknown = own.wording("No such thing").expect_err("unknown").to_string();
    assert!(unknown.contains("add words: message: no-such-thing: to it"), "{unknown}");
    let refused = listed_with("words: { region: { beijing: { contains: Bei } } }\n").expect_err("refused");
    assert!(refused.contains("the word for beijing of region is not given whole"), "{refused}");
}

#[test]
fn a_session_file_stands_for_a_password_and_is_refused_without_quoting_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ana.json");
    let profile = |more: &str| {
        format!(
            "extends: base.yaml\nname: own\nsites: {{ portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }}\nhosts: [a.example, b.example, c.example]\naccounts:\n  - {{ name: Ana, email: ana@example.com, balance: '¥0.00'{more} }}\n"
        )
    };
    let named = profile(&format!(", session: {}", file.display()));
    let refusal = |text: &str| format!("{:#}", Folder::new().load(text).expect_err("refused"));
    assert!(refusal(&named).contains("cannot be read"), "{}", refusal(&named));
    for (content, said) in [
        ("canary", "holds no list of cookies"),
        (r#"{"cookies":[{"name":"skey","value":{"canary":1},"domain":"a.example"}]}"#, "holds no list of cookies"),
        (r#"{"cookies":[{"name":"skey","value":"canary","domain":"a.example","expires":1000}]}"#, "have expired"),
    ] {
        std::fs::write(&file, content).expect("written");
        let text = refusal(&named);
        assert!(
            text.contains(said) && text.contains("dcdb-e2e login --target F --save FILE") && !text.contains("canary"),
            "{text}"
        );
    }
    assert!(refusal(&profile("")).contains("Ana needs either a password or a session file"));
    assert!(refusal(&profile(&format!(", password: x, session: {}", file.display()))).contains("needs either"));
    std::fs::write(&file, r#"[{"name":"skey","value":"canary","domain":".a.example","expires":-1}]"#).expect("written");
    let profile = Folder::new().load(&named).expect("loaded");
    assert!(!format!("{profile:?}").contains("canary"), "a cookie was printed");
}

#[tokio::test]
async fn cookies_are_kept_secret_once_their_file_has_run_out_or_was_saved_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ana.json");
    let save = |value: &str, expires: i64| {
        let cookies = format!(r#"[{{"name":"skey","value":"{value}","domain":"a.example","expires":{expires}}}]"#);
        std::fs::write(&file, cookies).expect("written");
    };
    save("canary-of-the-morning", -1);
    let text = format!(
        "extends: base.yaml\nname: own\nsites: {{ portal: 'http://a.example', buy: 'http://b.example', console: 'http://c.example' }}\nhosts: [a.example, b.example, c.example]\naccounts:\n  - {{ name: Ana, email: ana@example.com, balance: '¥0.00', session: {} }}\n",
        file.display()
    );
    let world = World::new(&Folder::new().load(&text).expect("loaded"));
    let shown = || Redaction::of_proofs(&world.proofs()).text("canary-of-the-morning, canary-of-the-evening");
    save("canary-of-the-evening", -1);
    drop(world.account(&Wish::default()).await.expect("Ana"));
    assert!(!shown().contains("canary"), "{}", shown());
    let known = world.proofs().len();
    drop(world.account(&Wish::default()).await.expect("Ana"));
    assert_eq!(world.proofs().len(), known, "the same cookies are kept twice");
    save("canary-of-the-evening", 1000);
    assert!(!shown().contains("canary"), "{}", shown());
}

/// Nothing of this is known to Rust.
#[test]
fn a_new_region_zone_and_field_are_data() {
    let folder = Folder::new();
    let own = "extends: standin.yaml\nname: own\ncatalogue:\n  fields:\n    region: { values: { tokyo: { called: Tokyo } } }\n    zone: { values: { tokyo-1: { called: Tokyo Zone 1, of: [tokyo], unavailable: sold-out }, tokyo-2: { called: Tokyo Zone 2, of: [tokyo] } } }\n    engine: { kind: one-of, opens-with: rows, before: quantity, values: { rows: {}, columns: { called: by columns } } }\npages: { purchase: { choices: { engine: { how: select, control: { label: Engine } } } } }\nwords: { region: { tokyo: 東京 } }\n";
    let profile = folder.load(own).expect("loaded");
    let catalogue = &profile.catalogue;
    let order: Vec<&str> = catalogue.in_order().iter().map(|(field, _)| field.key()).collect();
    assert_eq!(order[7..11], ["shards", "disk", "engine", "quantity"], "{order:?}");
    let engine = catalogue.field("engine").expect("a field");
    assert_eq!(catalogue.key_of(engine, "by columns").expect("a value"), "columns");
    let error = catalogue.key_of(engine, "by rows").expect_err("no value").text;
    assert_eq!(error, "by rows is no engine here; there are rows, by columns");
    assert!(profile.regions().contains(&catalogue.region("Tokyo").expect("a region")));

    let opening = catalogue.opening();
    let moved = catalogue.read([("region", "Tokyo"), ("disk per shard", "200 GB")]).expect("choices");
    let moved = catalogue.after(&opening, &moved);
    let said = |key: &str| moved.get(catalogue.field(key).expect("a field")).map(str::to_owned);
    // The zone follows the region, past what is sold out; all else stays.
    assert_eq!(said("zone").as_deref(), Some("tokyo-2"));
    assert_eq!((said("engine").as_deref(), said("disk").as_deref()), (Some("rows"), Some("200")));
    let networked = catalogue.after(&opening, &catalogue.read([("network type", "VPC")]).expect("choices"));
    let said = |key: &str| networked.get(catalogue.field(key).expect("a field")).map(str::to_owned);
    assert_eq!((said("VPC").as_deref(), said("subnet").as_deref()), (Some("guangzhou-vpc"), Some("default")));
    let shown: Vec<&str> = opening.choices().map(|(field, _)| field.key()).collect();
    assert!(!shown.contains(&"vpc") && !shown.contains(&"subnet"), "{shown:?}");
}

/// Every profile of the project satisfies the schema that its editor uses, and that schema is the one of the types.
/// `DCDB_E2E_WRITE_SCHEMA=1 cargo test --test profiles` writes it anew.
#[test]
fn the_schema_for_editors_is_that_of_the_types_and_every_profile_keeps_it() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("tests/targets/profile.schema.json");
    let schema = dcdb_purchase_e2e::target::schema();
    let text = serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
    if std::env::var_os("DCDB_E2E_WRITE_SCHEMA").is_some() {
        std::fs::write(&file, &text).expect("written");
    }
    assert_eq!(std::fs::read_to_string(&file).expect("the schema"), text, "tests/targets/profile.schema.json is old");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let profiles = [
        "tests/targets/base.yaml",
        "tests/targets/standin.yaml",
        "tests/targets/standin-zh.yaml",
        "tests/targets/standin-tea.yaml",
        "tests/targets/standin-today.yaml",
        "tests/targets/standin-today-zh.yaml",
        "tests/targets/staging.example.yaml",
        "tests/other_site/profile.yaml",
        "tests/other_site/paying.yaml",
        "tests/other_site/newer.yaml",
        "tests/other_site/flawed.yaml",
    ];
    for profile in profiles {
        let yaml = std::fs::read_to_string(root.join(profile)).expect(profile);
        assert!(yaml.starts_with("# yaml-language-server: $schema="), "{profile} does not name its schema");
        let profile_as_json: serde_json::Value = serde_yaml::from_str(&yaml).expect(profile);
        let errors: Vec<String> = validator
            .iter_errors(&profile_as_json)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{profile}: {errors:#?}");
    }
    let base = std::fs::read_to_string(root.join("tests/targets/base.yaml")).expect("the base");
    let said = |key: &str| {
        let told = |line: &str| line.strip_prefix('#').map_or(line, str::trim_start).starts_with(&format!("{key}:"));
        base.lines().any(told)
    };
    let keys = schema["properties"].as_object().expect("the keys of a profile").keys();
    let untold: Vec<&String> = keys.filter(|key| !said(key)).collect();
    assert!(untold.is_empty(), "tests/targets/base.yaml does not explain {untold:?}");
    let wrong = serde_json::json!({ "pages": { "home": { "log-im": { "role": "link" } } } });
    assert!(!validator.is_valid(&wrong), "a key that there is not is accepted");
}

/// Where the value stands, whatever is around it, and what it should be.
#[test]
fn refusals_name_the_line_the_key_the_value_and_what_is_asked_for() {
    let folder = Folder::new();
    let account = "accounts:\n  - name: Ana\n    email: ana@example.com\n    password: ${BUYER_PASSWORD}\n";
    for (own, line, said) in [
        (
            format!("{account}    balance: 1000\n"),
            7,
            vec!["accounts.0.balance", "`1000`", "an amount in quotes, such as \"¥5,000.00\""],
        ),
        (format!("{account}    balance: lots\n"), 7, vec!["accounts.0.balance", "lots"]),
        (
            format!("{account}    balance: '¥5.00'\n    balanc: x\n"),
            8,
            vec!["unknown field `balanc`", "did you mean balance?"],
        ),
        ("accounts: on-call\n".to_owned(), 3, vec!["accounts", "`on-call`", "`on-demand`"]),
        ("accounts: 7\n".to_owned(), 3, vec!["accounts", "`7`", "a list of accounts, or on-demand"]),
        (
            "deadlines: { step: 5s }\npages:\n  home:\n    log-in: { role: buton }\n".to_owned(),
            6,
            vec!["pages.home.log-in", "\"buton\" is no role", "did you mean button?"],
        ),
        (
            "pages:\n  home:\n    log-in: { role: img, name: Logo }\n".to_owned(),
            5,
            vec!["pages.home.log-in", "\"img\" is no role", "told as image"],
        ),
        (
            "pages:\n  home:\n    log-in:\n      role: link\n      name: { matches: 'Log (in' }\n".to_owned(),
            7,
            vec!["pages.home.log-in.name", "\"Log (in\" is no regular expression", "correct the pattern"],
        ),
        (
            "pages:\n  home:\n    log-in:\n      role: link\n      name: [Log, in]\n".to_owned(),
            7,
            vec!["pages.home.log-in.name", "sequence", "a text in quotes"],
        ),
        (
            "words:\n  message:\n    calculating: 12\n".to_owned(),
            5,
            vec!["words.message.calculating", "`12`", "a text in quotes"],
        ),
        (
            "language: en\npages:\n  home:\n    path: /\nlanguage: zh-CN\n".to_owned(),
            7,
            vec!["language is said twice, in line 3 already", "leave only one"],
        ),
        (
            "pages:\n  home:\n    path: /\n  login:\n    path: /login\n    path: /log-in\n".to_owned(),
            8,
            vec!["path is said twice, in line 7 already"],
        ),
        (format!("{account}    balance: '¥5.00'\n    name: Bo\n"), 8, vec!["name is said twice, in line 4 already"]),
        (
            "tolerated-complaints:\n  - fine\n  - '['\n".to_owned(),
            5,
            vec!["tolerated-complaints.1: \"[\" is no regular expression"],
        ),
        (
            "defects:\n  late:\n    clauses: [\"1.1.1\"]\n    does: x\n    says: '('\n".to_owned(),
            7,
            vec!["defects.late.says: \"(\" is no regular expression", "correct the pattern"],
        ),
        (
            "pages:\n  login:\n    password: { role: textbxo }\n".to_owned(),
            5,
            vec!["pages.login.password", "\"textbxo\" is no role", "did you mean textbox?"],
        ),
        (
            "deadlines:\n  element: 5\n".to_owned(),
            4,
            vec!["`5`", "expected a duration with its unit, such as 300ms, 5s or 10m"],
        ),
        ("deadlines: 5s\n".to_owned(), 3, vec!["\"5s\"", "expected a mapping of keys to values", "one a line"]),
        ("window: 1024\n".to_owned(), 3, vec!["`1024`", "the size of a window, such as 1280x900"]),
        ("window:\n".to_owned(), 3, vec!["invalid type: nothing", "the size of a window, such as 1280x900"]),
        ("window: { width: 5 }\n".to_owned(), 3, vec!["the size of a window, such as 1280x900"]),
        (
            "buying:\n  per-order:\n    amount: 2000\n".to_owned(),
            5,
            vec!["buying.per-order.amount", "`2000`", "an amount in quotes, such as \"¥2,000.00\""],
        ),
        ("pace:\n  logins: thirty\n".to_owned(), 4, vec!["\"thirty\"", "a whole number from 1 on, such as 30"]),
        ("pace:\n  logins: 0\n".to_owned(), 4, vec!["`0`", "a whole number from 1 on, such as 30"]),
        ("differs:\n  \"3.2.3\":\n".to_owned(), 4, vec!["nothing", "say a value behind the key"]),
        (
            "accounts:\n  -    name: Ana\n       email: a\n       balanc: x\n".to_owned(),
            6,
            vec!["unknown field `balanc`"],
        ),
        ("accounts:\n  -\n    name: Ana\n    balanc: x\n".to_owned(), 6, vec!["unknown field `balanc`"]),
        (
            "pages:\n  home:\n    log-in: { role: link,\n      name: { matches: 'Log (in' } }\n".to_owned(),
            6,
            vec!["pages.home.log-in.name", "\"Log (in\" is no regular expression"],
        ),
    ] {
        let text = format!("extends: standin.yaml\nname: own\n{own}");
        let refused = folder.load_with(&text, &BTreeMap::from([("BUYER_PASSWORD", "x")])).expect_err("refused");
        assert!(refused.starts_with(&format!("own.yaml:{line}: ")), "line {line} of\n{text}\n{refused}");
        for said in said {
            assert!(refused.contains(said), "{said:?} was not said:\n{refused}");
        }
        assert!(refused.contains("\n  mend: ") && !refused.contains("untagged"), "{refused}");
    }
}

/// Wherever else the same word stands, however the mapping is laid out, and whatever the key is.
#[test]
fn a_key_that_is_said_twice_is_named_with_both_of_its_own_lines() {
    let folder = Folder::new();
    for (text, line, said) in [
        (
            "extends: standin.yaml\nname: s\naccounts:\n  - email: a\n    name: Ana\n  - email: b\n    name: Bo\nname: t\n",
            8,
            "name is said twice, in line 2 already",
        ),
        (
            "name: s\nwords:\n  message:\n    a: |\n      name: x\n      name: y\nname: t\n",
            7,
            "name is said twice, in line 1 already",
        ),
        ("name: s\nwords: { message: { a: b }, message: { a: c } }\n", 2, "message is said twice in this line"),
        ("name: s\nwords:\n  'no: such': a\n  'no: such': b\n", 4, "no: such is said twice, in line 3 already"),
        ("name: s\n---\nname: t\n", 2, "a second YAML document begins"),
    ] {
        let refused = folder.load(text).expect_err("refused");
        assert!(refused.starts_with(&format!("own.yaml:{line}: {said}")), "line {line} of\n{text}\n{refused}");
        assert!(!refused.contains("correct the syntax"), "{refused}");
    }
}

#[test]
fn a_profile_in_another_encoding_is_named_with_it() {
    let folder = Folder::new();
    // 登录 as GB18030 writes it.
    fs::write(folder.path("gb.yaml"), b"extends: standin.yaml\nname: gb\n# \xb5\xc7\xc2\xbc\n").expect("written");
    let refused = load(&folder.path("gb.yaml"), &|_| None).expect_err("refused").to_string();
    assert!(refused.contains("it is in GB18030 (GBK, GB2312) from line 3 on; save it as UTF-8"), "{refused}");
    assert!(!refused.contains("give the path"), "{refused}");
}

/// The vectors of RFC 6238, appendix B, of which apps show the last six digits.
#[test]
fn one_time_codes_are_those_of_the_standard() {
    let codes = dcdb_purchase_e2e::target::Codes::of(&"gezd gnbv gy3t qojq gezd-gnbv-gy3t-qojq".to_owned().into());
    let codes = codes.expect("a secret");
    for (seconds, code) in
        [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
    {
        assert_eq!(codes.at(seconds), code);
    }
}

#[test]
fn a_pace_and_a_window_are_read_as_they_are_written() {
    let folder = Folder::new();
    let own = "extends: standin.yaml\nname: own\npace: { logins: 30 }\nwindow: 1024x768\n";
    let profile = folder.load(own).expect("loaded");
    assert_eq!((profile.pace.logins.map(u32::from), profile.pace.purchases), (Some(30), None));
    assert_eq!((profile.window.width, profile.window.height), (1024, 768));
}
