// A cloud made of TDesign, in Chinese and in words of its own.
import React, { useState } from "react";
import { createRoot } from "react-dom/client";
import { Alert, Button, Card, Checkbox, Descriptions, Dialog, Form, Input, InputNumber, Link, Menu, Radio, Select, Space, Switch, Table, Tabs, Tag } from "tdesign-react";
import "tdesign-react/es/style/index.css";
import { ask, at, enter, told, useAnswer, useBasket, useOrder } from "./site.js";

const WORDS = {
  Location: "所在地域", "Data center": "可用区", Connectivity: "网络", "Own network": "私有网络", Segment: "子网", Edition: "版本", "Memory per piece": "内存", Pieces: "分片数", "Storage per piece": "硬盘", "How many": "台数", Term: "购买时长", Alias: "实例名称", "Renews itself": "自动续费",
  Canton: "广州", Shanghai: "上海", "Shanghai Vault": "上海金融", Peking: "北京", Chengtu: "成都", Chungking: "重庆", "Fragrant Harbour": "香港",
  "Shared net": "共享网络", "Own net": "专有网络", Duo: "一主一备", Trio: "一主两备", Vault: "金融版", Yes: "是", No: "否",
  Brewing: "发货中", Blank: "待初始化", Warming: "初始化中", Live: "运行中", Frozen: "已隔离",
  "To be paid": "待支付", "Called off": "已取消", Lapsed: "已过期", "Money back": "已退款", "Under way": "处理中", Done: "已完成",
};
const CITIES = { Canton: "广州", Shanghai: "上海", Vault: "上海金融", Peking: "北京", Chengtu: "成都", Chungking: "重庆", Harbour: "香港" };
const say = (text) => WORDS[text] ?? text
  .replace(/^(\w+) ([A-F])$/, (all, city, letter) => (CITIES[city] ? `${CITIES[city]}${"一二三四五六"["ABCDEF".indexOf(letter)]}区` : all))
  .replace(/^(\d+) mo$/, "$1个月").replace(/ gigabytes/g, "GB").replace(/, (Duo|Trio)$/, (_, edition) => `, ${WORDS[edition]}`);
const money = (text) => text.replace(/^CNY (.*)$/, "$1元");

function Popup({ title, children }) {
  return <Menu.SubMenu title={title} value={title}>{children}</Menu.SubMenu>;
}
const Item = ({ to, children }) => <Menu.MenuItem value={children} href={to}>{children}</Menu.MenuItem>;

function Frame({ menu, children }) {
  return <><Menu.HeadMenu expandType="popup" logo={<b style={{ paddingLeft: 24 }}>云汇</b>} operations={<Space style={{ paddingRight: 24 }}>{told.name ? <span>{told.name}</span> : <Link href={at("www", "/enter")}>登录</Link>}</Space>}>{menu}</Menu.HeadMenu>
    <div style={{ padding: 24, maxWidth: 1180, margin: "0 auto" }}>{children}</div></>;
}
const PORTAL = <>
  <Popup title="产品"><Popup title="计算"><Item to={at("www", "/help#/vm")}>云主机</Item></Popup><Popup title="数据库"><Item to={at("www", "/help#/kv")}>键值存储</Item><Item to={at("www", "/catalog/sharded")}>分布式数据库</Item></Popup></Popup>
  <Item to={at("www", "/help")}>文档</Item>
</>;
const CONSOLE = <>
  <Popup title="全部产品"><Popup title="基础产品"><Popup title="云数据库"><Item to={at("desk", "/sharded")}>分布式数据库</Item></Popup></Popup></Popup>
  <Item to={at("desk", "/bills")}>我的订单</Item>
</>;

const Home = () => <Frame menu={PORTAL}><h1>云上构建</h1><Card title="动态">新地域即将开放。</Card></Frame>;
const Help = () => <Frame menu={PORTAL}><h1>文档 {location.hash.slice(2)}</h1></Frame>;

function Enter() {
  const [said, setSaid] = useState("");
  const [form] = Form.useForm();
  const go = () => enter(form.getFieldValue("mail"), form.getFieldValue("secret")).then((why) => setSaid(why ?? ""));
  return <Frame menu={PORTAL}><Card style={{ maxWidth: 480, margin: "0 auto" }}><h2>欢迎登录</h2>
    <Form form={form} labelAlign="top" onSubmit={go}>
      <Form.FormItem label="邮箱账号" name="mail" initialData=""><Input /></Form.FormItem>
      <Form.FormItem label="登录密码" name="secret" initialData=""><Input type="password" /></Form.FormItem>
      {said && <Alert theme="error" message={said} />}
      <Button type="submit" block>登录</Button>
    </Form>
  </Card></Frame>;
}

const Product = () => <Frame menu={PORTAL}><h1>分布式数据库</h1><p>一个数据库，多个分片。</p><Space><Button href={at("shop", "/configure")}>立即选购</Button><Button variant="outline" href={at("www", "/help")}>查看文档</Button></Space></Frame>;

function Configure() {
  const { shelf, place, chosen, set, price, wrong, goOn } = useOrder();
  if (!shelf) return <Frame menu={PORTAL} />;
  const item = (key, label, control, help) => <Form.FormItem label={label} help={help} status={wrong[key] ? "error" : undefined} tips={wrong[key]}><div>{control}</div></Form.FormItem>;
  const buttons = (key, options) => <Radio.Group variant="default-filled" value={chosen[key]} onChange={set(key)}>{options.map(({ value, label, disabled }) => <Radio.Button key={value} value={value} disabled={disabled}>{label}</Radio.Button>)}</Radio.Group>;
  const list = (key, options) => <Select style={{ width: 280 }} value={chosen[key]} onChange={set(key)} options={options} />;
  const number = (key, unit) => <Space align="center"><InputNumber theme="column" value={Number(chosen[key])} onChange={set(key)} />{unit && <span>{unit}</span>}</Space>;
  return <Frame menu={PORTAL}><h2>选购分布式数据库</h2>
    <Card><Form labelWidth={140} labelAlign="left">
      {item("place", "所在地域", buttons("place", shelf.places.map((one) => ({ value: one.key, label: say(one.name), disabled: one.guarded }))), "不同地域之间内网不互通，购买后不可更换。")}
      {item("center", "可用区", list("center", place.centers.map((one) => ({ value: one.key, label: say(one.name), disabled: one.empty }))))}
      {item("edition", "版本", buttons("edition", [{ value: "duo", label: "一主一备" }, { value: "trio", label: "一主两备" }, { value: "vault", label: "金融版", disabled: true }]), <Link href={at("www", "/help#/237/6918")}>版本说明</Link>)}
      {item("pieces", "分片数", number("pieces"), <Link href={at("www", "/help#/557/9347")}>分片说明</Link>)}
      {item("memory", "内存", list("memory", shelf.sizes.map(({ memory, queries }) => ({ value: String(memory), label: `${memory}GB（${queries} QPS）` }))))}
      {item("storage", "硬盘", number("storage", "GB"))}
      {item("net", "网络", buttons("net", [{ value: "shared", label: "共享网络" }, { value: "own", label: "专有网络" }]))}
      {chosen.own && item("own", "私有网络", list("own", [{ value: place.net, label: place.net }]))}
      {chosen.own && item("segment", "子网", list("segment", shelf.segments.map((one) => ({ value: one.name, label: one.name, disabled: one.full }))))}
      {item("alias", "实例名称", <Input style={{ width: 380 }} value={chosen.alias} onChange={set("alias")} />)}
      {item("term", "购买时长", list("term", shelf.terms.map((term) => ({ value: String(term), label: `${term}个月` }))))}
      {item("renew", "自动续费", <Switch value={chosen.renew === "yes"} onChange={(on) => set("renew")(on ? "yes" : "no")} />)}
      {item("count", "台数", number("count"))}
    </Form></Card>
    <Card style={{ marginTop: 16 }}><Space align="center" size={32}>
      <span><span>合计</span> {price.whole && <s>{money(price.whole)}</s>} <b style={{ fontSize: 24 }}>{price.sum ? money(price.sum) : "--"}</b></span>
      <Link href={at("www", "/help#/237/2034")}>计费说明</Link>
      <Button size="large" disabled={!price.fen} onClick={goOn}>立即选购</Button>
    </Space></Card>
  </Frame>;
}

const Facts = ({ of }) => <Descriptions bordered column={1} items={of.map(([label, content]) => ({ label, content }))} />;

function Review() {
  const { basket, place, sent, back } = useBasket();
  if (!basket) return <Frame menu={PORTAL} />;
  return <Frame menu={PORTAL}><h2>确认订单信息</h2>
    {basket.said && <Alert theme="error" message={basket.said} />}
    {basket.open && <Facts of={basket.lines.map(([caption, value]) => [say(caption), caption === "Alias" ? value : say(value)])} />}
    <div style={{ marginTop: 16 }}><Facts of={[...(basket.open ? [["合计", money(basket.sum)]] : []), ["可用余额", money(basket.purse)]]} /></div>
    <Space style={{ marginTop: 16 }}><Button variant="outline" href={back}>上一步</Button>{basket.open && <Button loading={sent} onClick={place}>提交订单</Button>}</Space>
  </Frame>;
}

function Thanks() {
  const [bill] = useAnswer(`thanks/${location.pathname.split("/").pop()}`);
  if (!bill) return <Frame menu={PORTAL} />;
  return <Frame menu={PORTAL}><Card style={{ maxWidth: 560, margin: "0 auto" }}><h2>购买成功</h2><Facts of={[["订单编号", bill.number], ["实付", money(bill.sum)]]} /><p><Button href={at("desk", "/")}>进入控制台</Button></p></Card></Frame>;
}

const Overview = () => <Frame menu={CONSOLE}><h2>控制台首页</h2><Card title="公告">暂无需要处理的事项。</Card></Frame>;

function Setup({ cluster, close }) {
  const [chosen, setChosen] = useState({ letters: "", names: "", copies: "" });
  const [said, setSaid] = useState("");
  const take = (key) => (value) => setChosen((before) => ({ ...before, [key]: value }));
  const group = (key, options) => <Radio.Group value={chosen[key]} onChange={take(key)} options={options} />;
  const done = async () => { const reply = await ask(`clusters/${cluster.id}/set-up`, chosen); if (reply.said) setSaid(reply.said); else close(); };
  return <Dialog visible header="初始化" confirmBtn="开始" cancelBtn="取消" onConfirm={done} onClose={close}>
    {said && <Alert theme="error" message={said} />}
    <Form labelAlign="top">
      <Form.FormItem label="字符集"><div><Select placeholder="请选择" value={chosen.letters || undefined} onChange={take("letters")} options={["utf8mb4", "utf8", "gbk", "latin1", "gb18030"].map((one) => ({ value: one, label: one }))} /></div></Form.FormItem>
      <Form.FormItem label="表名大小写"><div>{group("names", [{ value: "exact", label: "敏感" }, { value: "loose", label: "不敏感" }])}</div></Form.FormItem>
      <Form.FormItem label="复制方式"><div>{group("copies", [{ value: "careful", label: "强同步（可退化）" }, { value: "quick", label: "异步" }, { value: "strict", label: "强同步", disabled: !cluster.trio }])}</div></Form.FormItem>
    </Form>
  </Dialog>;
}

function Part({ cluster, close }) {
  const [agreed, setAgreed] = useState(false);
  return <Dialog visible header="退还实例" confirmBtn="退还" cancelBtn="取消" onConfirm={() => ask(`clusters/${cluster.id}/part-with`, { agreed }).then(close)} onClose={close}><Checkbox checked={agreed} onChange={setAgreed}>我已知悉数据将被清除</Checkbox></Dialog>;
}

function Clusters() {
  const [seen, renew] = useAnswer("clusters", (answer) => answer.places.some((one) => one.clusters.some((cluster) => cluster.passing)));
  const [asked, setAsked] = useState(null);
  const [open, setOpen] = useState(null);
  if (!seen) return <Frame menu={CONSOLE} />;
  const place = asked ?? seen.latest ?? "canton";
  const close = () => { setOpen(null); renew(); };
  const columns = [
    { title: "实例ID/名称", colKey: "id", cell: ({ row }) => <><span className="instance-id">{row.id}</span><br /><span className="instance-name">{row.alias}</span></> },
    { title: "状态", colKey: "state", cell: ({ row }) => <Tag theme={row.state === "Live" ? "success" : "primary"} variant="light">{say(row.state)}</Tag> },
    { title: "可用区", colKey: "center", cell: ({ row }) => say(row.center) },
    { title: "规格", colKey: "shape", cell: ({ row }) => say(row.shape) },
    { title: "网络", colKey: "net", cell: ({ row }) => say(row.net) },
    { title: "到期时间", colKey: "until" },
    { title: "操作", colKey: "acts", cell: ({ row }) => <Space>{row.blank && <Button variant="text" onClick={() => setOpen(<Setup cluster={row} close={close} />)}>初始化</Button>}{row.partable && <Button variant="text" onClick={() => setOpen(<Part cluster={row} close={close} />)}>退还</Button>}</Space> },
  ];
  const here = seen.places.find((one) => one.key === place).clusters;
  return <Frame menu={CONSOLE}><h2>分布式数据库实例</h2>
    <Button href={at("shop", "/configure")} target="_blank">新建实例</Button>
    <Tabs value={place} onChange={setAsked} list={seen.places.map((one) => ({ value: one.key, label: `${say(one.name)}(${one.clusters.length})` }))} />
    <Table rowKey="id" columns={columns} data={here} empty="暂无数据" />
    {open}
  </Frame>;
}

function Bills() {
  const [seen, renew] = useAnswer("bills", (answer) => answer.bills.some((bill) => bill.state === "Under way"));
  const act = (bill, what, words) => <Button variant="text" onClick={() => ask(`bills/${bill.number}/${what}`, {}).then(renew)}>{words}</Button>;
  const columns = [
    { title: "订单编号", colKey: "number" },
    { title: "产品名称", colKey: "item", cell: () => "分布式数据库" },
    { title: "资源", colKey: "clusters", cell: ({ row }) => row.clusters.map((id) => <Link key={id} href="/sharded">{id} </Link>) },
    { title: "总价", colKey: "sum", cell: ({ row }) => money(row.sum) },
    { title: "下单时间", colKey: "made" },
    { title: "订单状态", colKey: "state", cell: ({ row }) => say(row.state) },
    { title: "操作", colKey: "acts", cell: ({ row }) => row.open && <Space>{act(row, "pay", "去支付")}{act(row, "call-off", "取消订单")}</Space> },
  ];
  return <Frame menu={CONSOLE}><h2>我的订单</h2><Table rowKey="number" columns={columns} data={seen?.bills ?? []} /></Frame>;
}

const PAGES = { "www/": Home, "www/help": Help, "www/enter": Enter, "www/catalog/sharded": Product, "shop/configure": Configure, "shop/review": Review, "shop/thanks/*": Thanks, "desk/": Overview, "desk/sharded": Clusters, "desk/bills": Bills };
createRoot(document.getElementById("page")).render(React.createElement(PAGES[told.page]));
