//! The stand-in under other labels and in another order, by a seed: nothing of it is where, or called what, its profile says. Each
//! element carries a mark of this test's own, by which the right profile knows it.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{Response, header},
    middleware::{self, Next},
};
use dcdb_purchase_e2e::standin::{self, ServeArgs, Site, router};
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skin {
    Classic,
    Tea,
}

/// What each label may be called instead; the last one is a word that no dictionary of the trade has.
const LABELS: &[(&str, &[&str])] = &[
    ("Products", &["Catalogue", "Solutions", "Offerings"]),
    ("Database", &["Databases", "Data storage", "Engines for data"]),
    ("Distributed Database", &["Distributed SQL", "Sharded SQL", "Horizontal SQL"]),
    ("Log in", &["Sign in", "Login", "Members"]),
    ("E-mail", &["E-mail address", "Username", "Your handle"]),
    ("Password", &["Passphrase", "Secret", "Magic word"]),
    ("Purchase Now", &["Buy Now", "Order now", "Continue"]),
    ("Region", &["Location", "Area", "Geography"]),
    ("Zone", &["Availability zone", "Data center", "Premises"]),
    ("Network type", &["Network kind", "Connectivity", "Wiring"]),
    ("Subnet", &["Segment", "Subnetwork", "Strip"]),
    ("Instance version", &["Edition", "Plan", "Make"]),
    ("Shard specification", &["Memory per shard", "Node size", "Muscle"]),
    ("Shard quantity", &["Number of shards", "Shard count", "Slices"]),
    ("Disk per shard", &["Storage per shard", "Disk size", "Room"]),
    ("Quantity", &["How many", "Units", "Copies"]),
    ("Period", &["Duration", "Term", "Span"]),
    ("Instance name", &["Alias", "Nickname", "Tagline"]),
    ("Auto-renewal", &["Automatic renewal", "Renew automatically", "Keeps going"]),
    ("Total fee", &["Total", "Amount due", "The damage"]),
    ("Purchase DCDB", &["Configure your cluster", "Pick your database", "Shop"]),
    ("Confirm order", &["Check your order", "One last look", "Sure about it"]),
    ("Account balance", &["Balance", "Available balance", "Pocket money"]),
    ("Confirm Purchase", &["Place order", "Submit order", "Do it"]),
    ("Back", &["Change", "Edit", "Think again"]),
    ("Cloud Products", &["All services", "Services", "Everything there is"]),
    ("Basic Products", &["Core services", "Basics", "Roots"]),
    ("Overview", &["Home", "Dashboard", "Where you are"]),
    ("DCDB Console", &["Your clusters", "Clusters", "The yard"]),
    ("New", &["Create", "Create instance", "Fresh one"]),
    ("No instances in this region", &["No data", "Nothing here yet", "Deserted"]),
    ("Orders", &["Bills", "My orders", "Papers"]),
    ("Order number", &["Order ID", "No.", "Slip"]),
    ("Product", &["Item", "Product name", "Thing"]),
    ("Instances", &["Clusters", "Resources", "Machines"]),
    ("Amount", &["Sum", "Price", "Worth"]),
    ("Created", &["Created at", "Creation time", "Born"]),
    ("Status", &["State", "Order status", "Mood"]),
    ("Configuration", &["Specification", "Shape", "Build"]),
    ("Expires", &["Until", "Expiry date", "Goes stale"]),
    ("Instance Version", &["About editions", "Versions", "Of makes"]),
    ("Shard Configuration", &["About shards", "Sharding", "Of slices"]),
    ("Product Price", &["Prices", "Pricing", "What it costs"]),
    ("Log in to your account", &["Welcome back", "Who are you", "Come in"]),
    ("Distributed Cloud Database", &["One database, many shards", "A database that grows", "Spread your data"]),
    ("A cloud for your data", &["Clouds for everyone", "Welcome", "Data, up high"]),
];

/// The same in Chinese, beside what each is called in English.
const CHINESE: &[(&str, &str, &[&str])] = &[
    ("Products", "产品", &["全部产品", "产品与服务", "百货"]),
    ("Database", "数据库", &["云数据库", "数据库服务", "存放数据"]),
    ("Distributed Database", "分布式数据库", &["分布式云数据库", "分布式", "水平拆分"]),
    ("Log in", "登录", &["登入", "登陆", "会员"]),
    ("E-mail", "邮箱", &["电子邮箱", "用户名", "您的代号"]),
    ("Password", "密码", &["口令", "登录密码", "暗语"]),
    ("Purchase Now", "立即购买", &["立即选购", "下一步", "继续"]),
    ("Region", "地域", &["区域", "地区", "方位"]),
    ("Zone", "可用区", &["主可用区", "机房", "楼栋"]),
    ("Network type", "网络类型", &["网络", "网络类别", "线路"]),
    ("Subnet", "子网", &["所属子网", "子网络", "网段"]),
    ("Instance version", "实例版本", &["版本", "架构", "样式"]),
    ("Shard specification", "分片规格", &["节点规格", "内存", "块头"]),
    ("Shard quantity", "分片数量", &["分片数", "分片个数", "几块"]),
    ("Disk per shard", "分片硬盘", &["硬盘", "存储空间", "余地"]),
    ("Quantity", "购买数量", &["数量", "台数", "几份"]),
    ("Period", "购买时长", &["时长", "购买周期", "多久"]),
    ("Instance name", "实例名", &["实例名称", "别名", "题字"]),
    ("Auto-renewal", "自动续费", &["到期自动续费", "续费", "一直用"]),
    ("Total fee", "总计费用", &["合计", "总价", "破费"]),
    ("Purchase DCDB", "购买 DCDB", &["配置集群", "选购数据库", "小店"]),
    ("Confirm order", "核对订单", &["确认信息", "检查一下", "再看一眼"]),
    ("Account balance", "账户余额", &["可用余额", "余额", "零花钱"]),
    ("Confirm Purchase", "确认购买", &["提交订单", "确认订单", "就这样"]),
    ("Back", "返回修改", &["返回", "上一步", "再想想"]),
    ("Cloud Products", "云产品", &["全部产品", "所有服务", "万物"]),
    ("Basic Products", "基础产品", &["基础服务", "核心", "根底"]),
    ("Overview", "总览", &["概览", "首页", "身在何处"]),
    ("DCDB Console", "分布式数据库控制台", &["我的集群", "集群", "院子"]),
    ("New", "新建", &["创建", "新建实例", "添一个"]),
    ("No instances in this region", "该地域暂无实例", &["暂无数据", "暂无", "空空如也"]),
    ("Orders", "订单管理", &["我的订单", "订单", "票据"]),
    ("Order number", "订单号", &["订单编号", "订单号码", "凭条"]),
    ("Instances", "实例", &["资源", "实例ID", "机器"]),
    ("Amount", "金额", &["费用", "总价", "所值"]),
    ("Created", "创建时间", &["下单时间", "时间", "诞生"]),
    ("Status", "状态", &["订单状态", "实例状态", "心情"]),
    ("Configuration", "配置", &["规格", "实例配置", "体格"]),
    ("Expires", "到期时间", &["到期", "过期时间", "变味"]),
    ("Instance Version", "实例版本说明", &["版本说明", "关于版本", "说样式"]),
    ("Shard Configuration", "分片配置说明", &["分片说明", "关于分片", "说块头"]),
    ("Product Price", "产品价格", &["价格", "计费说明", "说破费"]),
    ("Log in to your account", "登录账号", &["欢迎回来", "您是哪位", "请进"]),
    ("Distributed Cloud Database", "分布式云数据库", &["一库多片", "会长大的数据库", "撒开数据"]),
    ("A cloud for your data", "承载数据的云", &["人人的云", "欢迎光临", "高处的数据"]),
];

pub struct Disguise {
    _serving: tokio::runtime::Runtime,
    port: u16,
    account: Value,
    skin: Skin,
    language: &'static str,
    labels: BTreeMap<&'static str, &'static str>,
}

/// The next of a row of numbers from a seed.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).expect("31 bits")
}

impl Disguise {
    pub fn put_on(skin: Skin, language: &'static str, seed: u64) -> Self {
        let of_language: Vec<(&str, &str, &[&str])> = match language {
            "en" => LABELS.iter().map(|(label, others)| (*label, *label, *others)).collect(),
            _ => CHINESE.to_vec(),
        };
        let (mut state, mut labels, mut renamed) = (seed, BTreeMap::new(), Vec::new());
        for (key, label, others) in of_language {
            // Every fourth stays, every fourth is a word that nobody knows.
            let at = next(&mut state) % (others.len() + 1);
            let other = others.get(at).copied().unwrap_or(label);
            labels.insert(key, other);
            if other != label {
                renamed.push((format!(">{label}<"), format!(">{other}<")));
                renamed.push((format!("aria-label=\"{label}\""), format!("aria-label=\"{other}\"")));
            }
        }
        // Both are 产品 there.
        let products = labels["Products"];
        labels.entry("Product").or_insert(products);
        let serving =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let of = match skin {
            Skin::Classic => standin::Skin::Classic,
            Skin::Tea => standin::Skin::Tea,
        };
        let site = Site::open(&ServeArgs { delays: 0.0, skin: of, lang: language.into(), ..ServeArgs::default() })
            .expect("a stand-in");
        let listener = serving.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let router: Router = router(site).layer(middleware::from_fn(move |request: Request, next: Next| {
            let renamed = renamed.clone();
            async move { disguised(next.run(request).await, &renamed, seed).await }
        }));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        serving.spawn(async move { axum::serve(listener, service).await });
        let url = format!("http://127.0.0.1:{port}/backdoor/accounts");
        let account = serving.block_on(async {
            let answer = reqwest::Client::new().post(url).json(&json!({})).send().await.expect("an answer");
            answer.json::<Value>().await.expect("JSON")
        });
        Self { _serving: serving, port, account, skin, language, labels }
    }

    fn called(&self, label: &str) -> &str {
        self.labels.get(label).copied().unwrap_or_else(|| panic!("{label} is no label"))
    }

    /// Name, sites, hosts, one account, and that runs may buy.
    pub fn empty(&self) -> String {
        let (port, said) = (self.port, |key: &str| self.account[key].as_str().expect("a text").to_owned());
        format!(
            "extends: {}/tests/targets/base.yaml\nname: disguised\nlanguage: {}\n{}sites:\n  portal: http://cloud.tencent.localhost:{port}\n  buy: http://buy.cloud.tencent.localhost:{port}\n  console: http://console.cloud.tencent.localhost:{port}\nhosts: ['*.tencent.localhost']\naccounts:\n  - {{ name: '{}', email: '{}', password: '{}', balance: '¥100.00' }}\ndeadlines: {{ element: 5s, arrival: 10s, load: 3s, price: 5s }}\n",
            env!("CARGO_MANIFEST_DIR"),
            self.language,
            crate::propose::buying("stand-in"),
            said("name"),
            said("email"),
            said("password"),
        )
    }

    /// The profile that knows each element by its mark.
    pub fn right(&self) -> String {
        let mark = |key: &str| format!("{{ css: '[data-mark=\"{key}\"]' }}");
        let mut text = self.empty();
        text.push_str("pages:\n");
        let mut page = |page: &str, keys: &[&str]| {
            text.push_str(&format!("  {page}:\n"));
            keys.iter().for_each(|key| text.push_str(&format!("    {key}: {}\n", mark(&format!("{page}.{key}")))));
        };
        page("home", &["ready", "products", "database", "distributed-database", "log-in", "account"]);
        page("login", &["ready", "email", "password", "log-in"]);
        page("product", &["ready", "purchase-now"]);
        page("overview", &["ready", "cloud-products", "basic-products", "database", "distributed-database"]);
        page("orders", &["ready"]);
        let orders = [
            ("number", "Order number"),
            ("product", "Product"),
            ("instances", "Instances"),
            ("amount", "Amount"),
            ("created", "Created"),
            ("status", "Status"),
        ];
        let cells = |cells: &[(&str, &str)]| {
            let cell = |(cell, label): &(&str, &str)| format!("      {cell}: {{ column: '{}' }}\n", self.called(label));
            format!("    cells:\n{}", cells.iter().map(cell).collect::<String>())
        };
        text.push_str(&cells(&orders));
        let beside = |label: &str| format!("{{ beside: '{}' }}", self.called(label));
        text.push_str(&format!(
            "  result: {{ order-number: {}, amount: {} }}\n  console:\n",
            beside("Order number"),
            beside("Amount")
        ));
        for key in ["ready", "new", "empty"] {
            text.push_str(&format!("    {key}: {}\n", mark(&format!("console.{key}"))));
        }
        let console =
            [("status", "Status"), ("zone", "Zone"), ("configuration", "Configuration"), ("expires", "Expires")];
        text.push_str(&cells(&console));
        let (id, name) = if self.skin == Skin::Tea { (".tea-id", ".tea-name") } else { (".id", ".name") };
        text.push_str(&format!("      id: {{ css: {id} }}\n      name: {{ css: {name} }}\n"));
        text.push_str("  purchase:\n");
        for key in ["ready", "total-fee", "region-note", "purchase-now"] {
            text.push_str(&format!("    {key}: {}\n", mark(&format!("purchase.{key}"))));
        }
        text.push_str("    original-fee: { css: '#original' }\n    documents:\n");
        for key in ["instance-version", "shard-configuration", "product-price"] {
            text.push_str(&format!("      {key}: {}\n", mark(&format!("documents.{key}"))));
        }
        text.push_str("    choices:\n");
        let fields = [
            "region",
            "zone",
            "network",
            "vpc",
            "subnet",
            "version",
            "shard-specification",
            "shards",
            "disk",
            "quantity",
            "period",
            "name",
            "auto-renewal",
        ];
        for field in fields {
            text.push_str(&format!("      {field}:\n        control: {}\n", mark(&format!("choices.{field}"))));
            if self.skin == Skin::Tea && ["zone", "vpc", "subnet", "shard-specification", "period"].contains(&field) {
                let option = match field {
                    "subnet" | "shard-specification" => r"{ matches: '^{option}([^0-9].*)?$' }",
                    _ => "'{option}'",
                };
                text.push_str(&format!(
                    "        how: menu\n        option: {{ text: {option}, within: {{ css: .tea-dropdown-box }} }}\n"
                ));
            }
        }
        text.push_str("  check:\n");
        for key in ["ready", "total-fee", "balance", "confirm", "back"] {
            text.push_str(&format!("    {key}: {}\n", mark(&format!("check.{key}"))));
        }
        text.push_str("    facts:\n");
        for field in fields {
            text.push_str(&format!("      {field}: {{ at: {} }}\n", mark(&format!("facts.{field}"))));
        }
        text
    }
}

async fn disguised(
    response: axum::response::Response,
    renamed: &[(String, String)],
    seed: u64,
) -> axum::response::Response {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/html")));
    if !is_page {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body");
    let mut text = String::from_utf8(bytes.to_vec()).expect("text");
    // All at once: what one is called may be what another was.
    for (at, (label, _)) in renamed.iter().enumerate() {
        text = text.replace(label, &format!("\u{1}{at}\u{2}"));
    }
    for (at, (_, other)) in renamed.iter().enumerate() {
        text = text.replace(&format!("\u{1}{at}\u{2}"), other);
    }
    if text.contains("</body>") {
        let script = include_str!("disguise.js").replace("SEED", &seed.to_string());
        text = text.replace("</body>", &format!("<script>{script}</script></body>"));
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(text))
}
