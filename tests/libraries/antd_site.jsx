// A cloud made of Ant Design, in words of its own.
import React, { useState } from "react";
import { createRoot } from "react-dom/client";
import { Alert, Button, Card, Checkbox, Descriptions, Form, Input, InputNumber, Layout, Menu, Modal, Radio, Result, Select, Space, Switch, Table, Tabs, Tag, Typography } from "antd";
import { ask, at, enter, told, useAnswer, useBasket, useOrder } from "./site.js";

const money = (text) => text.replace("CNY ", "CN¥");
const sized = (text) => text.replace(/ gigabytes/g, " GB");
const CAPTIONS = { Location: "Region", "Data center": "Availability zone", Connectivity: "Network type", "Own network": "VPC", Segment: "Subnet", Edition: "Edition", "Memory per piece": "Memory per shard", Pieces: "Number of shards", "Storage per piece": "Storage per shard", "How many": "Quantity", Term: "Duration", Alias: "Instance name", "Renews itself": "Auto-renew" };
const STATES = { Brewing: ["Creating", "processing"], Blank: ["Not initialized", "warning"], Warming: ["Initializing", "processing"], Live: ["Running", "success"], Frozen: ["Isolated", "default"] };

function Frame({ menu, children }) {
  return <Layout style={{ minHeight: "100vh" }}>
    <Layout.Header style={{ display: "flex", gap: 24, alignItems: "center", background: "#fff" }}>
      <Typography.Text strong>Stratus</Typography.Text>
      <Menu mode="horizontal" selectable={false} items={menu} style={{ flex: 1, minWidth: 0 }} />
      {told.name ? <Typography.Text>{told.name}</Typography.Text> : <Button type="link" href={at("www", "/enter")}>Sign in</Button>}
    </Layout.Header>
    <Layout.Content style={{ padding: 24 }}>{children}</Layout.Content>
  </Layout>;
}
const link = (key, to, label) => ({ key, label: <a href={to}>{label}</a> });
const PORTAL = [
  { key: "products", label: "Products", children: [
    { key: "compute", label: "Compute", children: [link("vm", at("www", "/help#/vm"), "Virtual machines")] },
    { key: "databases", label: "Databases", children: [link("kv", at("www", "/help#/kv"), "Key-value store"), link("sql", at("www", "/catalog/sharded"), "Distributed SQL")] },
  ] },
  link("docs", at("www", "/help"), "Docs"),
];
const CONSOLE = [
  { key: "services", label: "All services", children: [{ key: "core", label: "Core services", children: [
    { key: "compute", label: "Compute", children: [link("vm", at("www", "/help#/vm"), "Virtual machines")] },
    { key: "databases", label: "Databases", children: [link("sql", at("desk", "/sharded"), "Distributed SQL")] },
  ] }] },
  link("orders", at("desk", "/bills"), "Orders"),
];

const Home = () => <Frame menu={PORTAL}><Typography.Title>Build on Stratus</Typography.Title><Card title="News">A new region opens soon.</Card></Frame>;
const Help = () => <Frame menu={PORTAL}><Typography.Title>Reading {location.hash.slice(2)}</Typography.Title></Frame>;

function Enter() {
  const [said, setSaid] = useState("");
  return <Frame menu={PORTAL}><Card title={<Typography.Title level={3}>Sign in to Stratus</Typography.Title>} style={{ maxWidth: 480 }}>
    <Form layout="vertical" requiredMark={false} onFinish={({ mail, secret }) => enter(mail, secret).then((why) => setSaid(why ?? ""))}>
      <Form.Item label="E-mail address" name="mail" rules={[{ required: true }]}><Input /></Form.Item>
      <Form.Item label="Password" name="secret" rules={[{ required: true }]}><Input.Password /></Form.Item>
      {said && <Alert type="error" title={said} />}
      <Button type="primary" htmlType="submit" block>Sign in</Button>
    </Form>
  </Card></Frame>;
}

const Product = () => <Frame menu={PORTAL}><Typography.Title>Distributed SQL</Typography.Title><Typography.Paragraph>One database, many shards.</Typography.Paragraph>
  <Space><Button type="primary" size="large" href={at("shop", "/configure")}>Buy now</Button><Button size="large" href={at("www", "/help")}>Read the docs</Button></Space></Frame>;

function Configure() {
  const { shelf, place, chosen, set, price, wrong, goOn } = useOrder();
  if (!shelf) return <Frame menu={PORTAL} />;
  const item = (key, label, control, extra) => <Form.Item label={label} htmlFor={key} extra={extra} validateStatus={wrong[key] ? "error" : undefined} help={wrong[key]}>{control}</Form.Item>;
  const buttons = (key, options) => <Radio.Group id={key} optionType="button" value={chosen[key]} onChange={(event) => set(key)(event.target.value)} options={options} />;
  const list = (key, options) => <Select id={key} listHeight={512} style={{ width: 280 }} value={chosen[key]} onChange={set(key)} options={options} />;
  const number = (key, unit) => <Space.Compact><InputNumber id={key} value={chosen[key]} onChange={set(key)} />{unit && <Button disabled>{unit}</Button>}</Space.Compact>;
  return <Frame menu={PORTAL}><Typography.Title level={2}>Buy Distributed SQL</Typography.Title>
    <Card><Form labelCol={{ span: 5 }} colon={false}>
      {item("term", "Duration", list("term", shelf.terms.map((term) => ({ value: String(term), label: `${term} mo` }))))}
      {item("count", "Quantity", number("count"))}
      {item("place", "Region", buttons("place", shelf.places.map((one) => ({ value: one.key, label: one.name, disabled: one.guarded }))), "Regions are not connected to each other by a private network.")}
      {item("center", "Availability zone", list("center", place.centers.map((one) => ({ value: one.key, label: one.name, disabled: one.empty }))))}
      {item("edition", "Edition", buttons("edition", [{ value: "duo", label: "Duo" }, { value: "trio", label: "Trio" }, { value: "vault", label: "Vault", disabled: true }]), <a href={at("www", "/help#/237/6918")}>About editions</a>)}
      {item("memory", "Memory per shard", list("memory", shelf.sizes.map(({ memory, queries }) => ({ value: String(memory), label: `${memory} GB (${queries} QPS)` }))))}
      {item("pieces", "Number of shards", number("pieces"), <a href={at("www", "/help#/557/9347")}>About shards</a>)}
      {item("storage", "Storage per shard", number("storage", "GB"))}
      {item("net", "Network type", buttons("net", [{ value: "shared", label: "Shared net" }, { value: "own", label: "Own net" }]))}
      {chosen.own && item("own", "VPC", list("own", [{ value: place.net, label: place.net }]))}
      {chosen.own && item("segment", "Subnet", list("segment", shelf.segments.map((one) => ({ value: one.name, label: one.name, disabled: one.full }))))}
      {item("alias", "Instance name", <Input id="alias" style={{ width: 380 }} value={chosen.alias} onChange={(event) => set("alias")(event.target.value)} />)}
      {item("renew", "Auto-renew", <Switch id="renew" checked={chosen.renew === "yes"} onChange={(on) => set("renew")(on ? "yes" : "no")} />)}
    </Form></Card>
    <Card style={{ marginTop: 16 }}><Space size="large">
      <span><Typography.Text type="secondary">Total</Typography.Text> {price.whole && <del>{money(price.whole)}</del>} <Typography.Text strong style={{ fontSize: 24 }}>{price.sum ? money(price.sum) : "--"}</Typography.Text></span>
      <a href={at("www", "/help#/237/2034")}>Pricing</a>
      <Button type="primary" size="large" disabled={!price.fen} onClick={goOn}>Buy now</Button>
    </Space></Card>
  </Frame>;
}

function Review() {
  const { basket, place, sent, back } = useBasket();
  if (!basket) return <Frame menu={PORTAL} />;
  return <Frame menu={PORTAL}><Typography.Title level={2}>Check your order</Typography.Title>
    {basket.said && <Alert type="error" title={basket.said} />}
    {basket.open && <Descriptions bordered column={1} items={basket.lines.map(([caption, value]) => ({ key: caption, label: CAPTIONS[caption], children: sized(value) }))} />}
    <Descriptions style={{ marginTop: 16 }} bordered column={1} items={[...(basket.open ? [{ key: "sum", label: "Total", children: money(basket.sum) }] : []), { key: "purse", label: "Available balance", children: money(basket.purse) }]} />
    <Space style={{ marginTop: 16 }}><Button href={back}>Back</Button>{basket.open && <Button type="primary" loading={sent} onClick={place}>Submit order</Button>}</Space>
  </Frame>;
}

function Thanks() {
  const [bill] = useAnswer(`thanks/${location.pathname.split("/").pop()}`);
  if (!bill) return <Frame menu={PORTAL} />;
  return <Frame menu={PORTAL}><Result status="success" title={<Typography.Title level={2}>Payment complete</Typography.Title>} extra={<Button type="primary" href={at("desk", "/")}>Open the console</Button>}>
    <Descriptions column={1} items={[{ key: "number", label: "Order ID", children: bill.number }, { key: "sum", label: "Paid", children: money(bill.sum) }]} />
  </Result></Frame>;
}

const Overview = () => <Frame menu={CONSOLE}><Typography.Title level={2}>Dashboard</Typography.Title><Card title="Notices">Nothing needs your attention.</Card></Frame>;

function Setup({ cluster, close }) {
  const [chosen, setChosen] = useState({ letters: "", names: "", copies: "" });
  const [said, setSaid] = useState("");
  const take = (key) => (value) => setChosen((before) => ({ ...before, [key]: value }));
  const group = (key, options) => <Radio.Group value={chosen[key]} onChange={(event) => take(key)(event.target.value)} options={options} />;
  const done = async () => { const reply = await ask(`clusters/${cluster.id}/set-up`, chosen); if (reply.said) setSaid(reply.said); else close(); };
  return <Modal open title="Initialize the instance" okText="Start" cancelText="Not now" onOk={done} onCancel={close}>
    {said && <Alert type="error" title={said} />}
    <Form layout="vertical">
      <Form.Item label="Character set" htmlFor="letters"><Select id="letters" placeholder="Select" value={chosen.letters || undefined} onChange={take("letters")} options={["utf8mb4", "utf8", "gbk", "latin1", "gb18030"].map((one) => ({ value: one, label: one }))} /></Form.Item>
      <Form.Item label="Table names">{group("names", [{ value: "exact", label: "Exact" }, { value: "loose", label: "Loose" }])}</Form.Item>
      <Form.Item label="Replication">{group("copies", [{ value: "careful", label: "Careful" }, { value: "quick", label: "Quick" }, { value: "strict", label: "Strict", disabled: !cluster.trio }])}</Form.Item>
    </Form>
  </Modal>;
}

function Part({ cluster, close }) {
  const [agreed, setAgreed] = useState(false);
  return <Modal open title="Return the instance?" okText="Return" cancelText="Keep it" onOk={() => ask(`clusters/${cluster.id}/part-with`, { agreed }).then(close)} onCancel={close}><Checkbox checked={agreed} onChange={(event) => setAgreed(event.target.checked)}>I know that its data is lost</Checkbox></Modal>;
}

function Clusters() {
  const [seen, renew] = useAnswer("clusters", (answer) => answer.places.some((one) => one.clusters.some((cluster) => cluster.passing)));
  const [asked, setAsked] = useState(null);
  const [open, setOpen] = useState(null);
  if (!seen) return <Frame menu={CONSOLE} />;
  const place = asked ?? seen.latest ?? "canton";
  const close = () => { setOpen(null); renew(); };
  const columns = [
    { title: "Instance", dataIndex: "id", render: (id, { alias }) => <><Typography.Text className="instance-id">{id}</Typography.Text><br /><Typography.Text className="instance-name" type="secondary">{alias}</Typography.Text></> },
    { title: "State", dataIndex: "state", render: (state) => <Tag color={STATES[state][1]}>{STATES[state][0]}</Tag> },
    { title: "Availability zone", dataIndex: "center" },
    { title: "Specs", dataIndex: "shape", render: sized },
    { title: "Network", dataIndex: "net" },
    { title: "Expiry date", dataIndex: "until" },
    { title: "Actions", key: "actions", render: (_, cluster) => <Space>{cluster.blank && <Button type="link" onClick={() => setOpen(<Setup cluster={cluster} close={close} />)}>Initialize</Button>}{cluster.partable && <Button type="link" danger onClick={() => setOpen(<Part cluster={cluster} close={close} />)}>Return</Button>}</Space> },
  ];
  const here = seen.places.find((one) => one.key === place).clusters;
  return <Frame menu={CONSOLE}><Typography.Title level={2}>Distributed SQL instances</Typography.Title>
    <Button type="primary" href={at("shop", "/configure")} target="_blank">Create instance</Button>
    <Tabs activeKey={place} onChange={setAsked} items={seen.places.map((one) => ({ key: one.key, label: `${one.name} (${one.clusters.length})` }))} />
    <Table rowKey="id" pagination={false} columns={columns} dataSource={here} locale={{ emptyText: "No instances" }} />
    {open}
  </Frame>;
}

function Bills() {
  const [seen, renew] = useAnswer("bills", (answer) => answer.bills.some((bill) => bill.state === "Under way"));
  const act = (bill, what, words) => <Button type="link" onClick={() => ask(`bills/${bill.number}/${what}`, {}).then(renew)}>{words}</Button>;
  const columns = [
    { title: "Order ID", dataIndex: "number" },
    { title: "Created at", dataIndex: "made" },
    { title: "Item", key: "item", render: () => "Distributed SQL" },
    { title: "Resources", dataIndex: "clusters", render: (ids) => ids.map((id) => <a key={id} href="/sharded">{id} </a>) },
    { title: "Amount", dataIndex: "sum", render: money },
    { title: "State", dataIndex: "state" },
    { title: "Actions", key: "actions", render: (_, bill) => bill.open && <Space>{act(bill, "pay", "Pay")}{act(bill, "call-off", "Cancel")}</Space> },
  ];
  return <Frame menu={CONSOLE}><Typography.Title level={2}>Orders</Typography.Title><Table rowKey="number" pagination={false} columns={columns} dataSource={seen?.bills ?? []} /></Frame>;
}

const PAGES = { "www/": Home, "www/help": Help, "www/enter": Enter, "www/catalog/sharded": Product, "shop/configure": Configure, "shop/review": Review, "shop/thanks/*": Thanks, "desk/": Overview, "desk/sharded": Clusters, "desk/bills": Bills };
createRoot(document.getElementById("page")).render(React.createElement(PAGES[told.page]));
