import React, { useState } from "react";
import { createRoot } from "react-dom/client";
import { Button, Checkbox, Input, InputNumber, Modal, Select, Table } from "antd";
import { agreements, instances, regions } from "./data.js";

function Page() {
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState("-");
  const columns = [
    { title: "ID", dataIndex: "id", fixed: "left", width: 120 },
    { title: "Status", dataIndex: "status", width: 400 },
    { title: "Zone", dataIndex: "zone", width: 400 },
    { title: "Operation", fixed: "right", width: 120, render: (_, row) => <Button onClick={() => setSaid(`returned ${row.id}`)}>Return</Button> },
  ];
  return <>
    {agreements.map((name) => <p key={name}><Checkbox>I agree to <a href="#left">{name}</a></Checkbox></p>)}
    <p><label htmlFor="region">Region</label> <Select id="region" style={{ width: 200 }} options={regions.map((label) => ({ value: label, label }))} /></p>
    <p><label htmlFor="name">Name</label> <Input id="name" /></p>
    <p><label htmlFor="quantity">Quantity</label> <InputNumber id="quantity" min={1} max={10} defaultValue={1} /></p>
    <Table style={{ width: 600 }} scroll={{ x: 1040 }} rowKey="id" pagination={false} columns={columns} dataSource={instances} />
    <Button onClick={() => setOpen(true)}>Terminate</Button>
    <Modal title="Return the instance" open={open} okText="Return now" cancelText="Cancel" onOk={() => { setOpen(false); setSaid("confirmed"); }} onCancel={() => setOpen(false)}>It is gone then.</Modal>
    <p id="said">{said}</p>
  </>;
}
createRoot(document.getElementById("page")).render(<Page />);
