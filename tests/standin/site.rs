//! A stand-in of the test's own, and somebody who is logged in there.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use dcdb_purchase_e2e::standin::{ServeArgs, Site, router};
use reqwest::{Client, Response, redirect::Policy};
use serde_json::{Value, json};

/// A stand-in on a free port.
pub struct TestSite {
    address: SocketAddr,
}

impl TestSite {
    /// In English, without delays.
    pub async fn start() -> Self {
        Self::start_with(ServeArgs { delays: 0.0, ..ServeArgs::default() }).await
    }

    /// As told.
    pub async fn start_with(args: ServeArgs) -> Self {
        let site: Arc<Site> = Site::open(&args).expect("a stand-in");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let service = router(site).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address }
    }

    /// One that somebody else serves.
    pub fn at(address: SocketAddr) -> Self {
        Self { address }
    }

    /// The address of a page: `portal`, `buy` or `console` and a path.
    pub fn url(&self, site: &str, path: &str) -> String {
        let prefix = if site == "portal" { String::new() } else { format!("{site}.") };
        format!("http://{prefix}cloud.tencent.localhost:{}{path}", self.address.port())
    }

    /// A browser's worth of HTTP client: cookies, redirects followed.
    pub fn client(&self) -> Client {
        self.client_with(Policy::default())
    }

    /// The same, with redirects as told.
    pub fn client_with(&self, policy: Policy) -> Client {
        let hosts = [
            "cloud.tencent.localhost",
            "buy.cloud.tencent.localhost",
            "console.cloud.tencent.localhost",
            "pay.tenpay.localhost",
        ];
        let builder = hosts.iter().fold(Client::builder(), |builder, host| builder.resolve(host, self.address));
        builder.cookie_store(true).redirect(policy).build().expect("a client")
    }

    /// Calls the back door.
    pub async fn back_door(&self, path: &str, body: &Value) -> Value {
        let url = format!("http://{}/backdoor/{path}", self.address);
        let response = Client::new().post(url).json(body).send().await.expect("an answer");
        assert!(response.status().is_success(), "{path} {body}: {}", response.status());
        response.json().await.expect("JSON")
    }

    /// The raw address, for requests that no browser would make.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A buyer of their own with ¥100,000.00.
    pub async fn buyer(&self) -> Buyer<'_> {
        self.buyer_with(json!({})).await
    }

    /// A buyer as wished.
    pub async fn buyer_with(&self, wish: Value) -> Buyer<'_> {
        let account = self.back_door("accounts", &wish).await;
        let buyer = Buyer { site: self, client: self.client(), account };
        buyer.log_in(&buyer.client).await;
        buyer
    }
}

/// Somebody who is logged in.
pub struct Buyer<'a> {
    /// Where.
    pub site: &'a TestSite,
    /// Their browser.
    pub client: Client,
    /// As the back door made it.
    pub account: Value,
}

/// A page that came.
pub struct Page {
    /// Its status.
    pub status: u16,
    /// Its address, redirects followed.
    pub url: String,
    /// Its text.
    pub text: String,
}

impl Page {
    async fn of(response: Response) -> Self {
        Self {
            status: response.status().as_u16(),
            url: response.url().to_string(),
            text: response.text().await.expect("a text"),
        }
    }

    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> String {
        let start = self
            .text
            .find(&format!("name=\"{name}\" value=\""))
            .unwrap_or_else(|| panic!("no field {name} at {}: {}", self.url, self.text));
        let rest = &self.text[start..];
        let value = rest.split("value=\"").nth(1).expect("a value");
        unescaped(value.split('"').next().expect("its end"))
    }

    /// What is said in a refusal.
    pub fn refusal(&self) -> &str {
        self.text.split("role=\"alert\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default()
    }
}

impl Buyer<'_> {
    /// The account's number.
    pub fn id(&self) -> &str {
        self.account["id"].as_str().expect("an id")
    }

    /// Logs in with another browser.
    pub async fn log_in(&self, client: &Client) {
        let form = [
            ("email", self.account["email"].as_str().expect("e-mail")),
            ("password", self.account["password"].as_str().expect("password")),
            ("s_url", ""),
        ];
        let page = self.site.post_with(client, "portal", "/login", &form).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains(self.account["name"].as_str().expect("a name")), "not logged in: {}", page.text);
    }

    /// The id and the key of its API key.
    pub fn api_key(&self) -> (&str, &str) {
        (self.account["secret_id"].as_str().expect("an id"), self.account["secret_key"].as_str().expect("a key"))
    }

    /// E-mail and password.
    pub fn login(&self) -> (&str, &str) {
        (self.account["email"].as_str().expect("e-mail"), self.account["password"].as_str().expect("password"))
    }

    /// Gets a page.
    pub async fn get(&self, site: &str, path: &str) -> Page {
        self.site.get_with(&self.client, site, path).await
    }

    /// Gets the page at a whole address.
    pub async fn at(&self, url: &str) -> Page {
        Page::of(self.client.get(url).send().await.expect("an answer")).await
    }

    /// Posts a form.
    pub async fn post(&self, site: &str, path: &str, form: &[(&str, &str)]) -> Page {
        self.site.post_with(&self.client, site, path, form).await
    }

    /// What the stand-in knows of the account.
    pub async fn truth(&self) -> Value {
        let url = format!("http://{}/backdoor/accounts/{}", self.site.address, self.id());
        Client::new().get(url).send().await.expect("an answer").json().await.expect("JSON")
    }

    /// Changes the account's world.
    pub async fn world(&self, change: Value) {
        self.site.back_door(&format!("accounts/{}/world", self.id()), &change).await;
    }

    /// What the price service says of a configuration; what is not named is as the page opens.
    pub async fn price(&self, fields: &[(&str, &str)]) -> Value {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let page = self.get("buy", &format!("/dcdb/price?{query}")).await;
        serde_json::from_str(&page.text).unwrap_or_else(|error| panic!("{error}: {}", page.text))
    }

    /// "Purchase Now" with these choices: the check page.
    pub async fn purchase_now(&self, fields: &[(&str, &str)]) -> Page {
        let csrf = self.get("buy", "/dcdb").await.field("csrf");
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend_from_slice(fields);
        self.post("buy", "/dcdb", &form).await
    }

    /// "Confirm Purchase" on a check page.
    pub async fn confirm(&self, check: &Page) -> Page {
        let form = confirmation(check);
        let form: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        self.post("buy", "/dcdb/confirm", &form).await
    }

    /// Buys with these choices: the result page.
    pub async fn buy(&self, fields: &[(&str, &str)]) -> Page {
        let check = self.purchase_now(fields).await;
        let result = self.confirm(&check).await;
        assert!(result.url.contains("/dcdb/result/"), "{} {}", result.url, result.refusal());
        result
    }
}

/// The hidden fields of a check page's form.
pub fn confirmation(check: &Page) -> BTreeMap<String, String> {
    let form = check
        .text
        .split("action=\"/dcdb/confirm\"")
        .nth(1)
        .unwrap_or_else(|| panic!("no form at {}: {}", check.url, check.refusal()));
    let inputs = form.split("</form>").next().expect("its end").split("<input").skip(1);
    inputs
        .map(|input| {
            let attribute = |name: &str| {
                input
                    .split(&format!(" {name}=\""))
                    .nth(1)
                    .and_then(|rest| rest.split('"').next())
                    .unwrap_or_default()
                    .to_owned()
            };
            (attribute("name"), unescaped(&attribute("value")))
        })
        .collect()
}

/// A text or an attribute as a browser would read it.
pub fn unescaped(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

impl TestSite {
    /// Gets a page with any client.
    pub async fn get_with(&self, client: &Client, site: &str, path: &str) -> Page {
        Page::of(client.get(self.url(site, path)).send().await.expect("an answer")).await
    }

    /// Posts a form with any client.
    pub async fn post_with(&self, client: &Client, site: &str, path: &str, form: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request =
            client.post(self.url(site, path)).header("content-type", "application/x-www-form-urlencoded").body(body);
        Page::of(request.send().await.expect("an answer")).await
    }
}
