import React, { useState } from "react";
import { createRoot } from "react-dom/client";
import { Button, Checkbox, Dialog, Input, InputNumber, Select, Table } from "tdesign-react";
import "tdesign-react/es/style/index.css";
import { agreements, instances, regions } from "./data.js";

function Page() {
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState("-");
  const columns = [
    { title: "ID", colKey: "id", fixed: "left", width: 120 },
    { title: "Status", colKey: "status", width: 400 },
    { title: "Zone", colKey: "zone", width: 400 },
    { title: "Operation", colKey: "operation", fixed: "right", width: 120, cell: ({ row }) => <Button onClick={() => setSaid(`returned ${row.id}`)}>Return</Button> },
  ];
  return <>
    {agreements.map((name) => <p key={name}><Checkbox>I agree to <a href="#left">{name}</a></Checkbox></p>)}
    <div style={{ width: 300 }}><span>Region</span><Select placeholder="Choose a region" options={regions.map((label) => ({ value: label, label }))} /></div>
    <div style={{ width: 300 }}><span>Name</span><Input placeholder="Name of it" /></div>
    <div style={{ width: 300 }}><span>Quantity</span><InputNumber min={1} max={10} defaultValue={1} /></div>
    <div style={{ width: 600 }}><Table rowKey="id" columns={columns} data={instances} tableLayout="fixed" tableContentWidth="1040px" /></div>
    <Button onClick={() => setOpen(true)}>Terminate</Button>
    <Dialog header="Return the instance" visible={open} confirmBtn="Return now" cancelBtn="Cancel" onConfirm={() => { setOpen(false); setSaid("confirmed"); }} onClose={() => setOpen(false)}>It is gone then.</Dialog>
    <p id="said">{said}</p>
  </>;
}
createRoot(document.getElementById("page")).render(<Page />);
