import React, { useState } from "react";
import { createRoot } from "react-dom/client";
import { Button, Checkbox, Input, InputNumber, Modal, Select, Table } from "tea-component";
import "tea-component/dist/tea.css";
import { agreements, instances, regions } from "./data.js";

function Page() {
  const [open, setOpen] = useState(false);
  const [region, setRegion] = useState("");
  const [said, setSaid] = useState("-");
  const columns = [
    { key: "id", header: "ID", width: 120, fixed: "left" },
    { key: "status", header: "Status", width: 400 },
    { key: "zone", header: "Zone", width: 400 },
    { key: "operation", header: "Operation", width: 120, fixed: "right", render: (row) => <Button type="link" onClick={() => setSaid(`returned ${row.id}`)}>Return</Button> },
  ];
  return <>
    {agreements.map((name) => <p key={name}><Checkbox>I agree to <a href="#left">{name}</a></Checkbox></p>)}
    <div style={{ width: 300 }}><span>Region</span><Select appearance="button" matchButtonWidth placeholder="Choose a region" value={region} onChange={setRegion} options={regions.map((text) => ({ value: text, text }))} /></div>
    <div style={{ width: 300 }}><span>Name</span><Input placeholder="Name of it" /></div>
    <div style={{ width: 300 }}><span>Quantity</span><InputNumber min={1} max={10} defaultValue={1} /></div>
    <div style={{ width: 600 }}><Table recordKey="id" columns={columns} records={instances} addons={[Table.addons.scrollable({ minWidth: 1040 })]} /></div>
    <Button onClick={() => setOpen(true)}>Terminate</Button>
    <Modal caption="Return the instance" visible={open} onClose={() => setOpen(false)}><Modal.Body>It is gone then.</Modal.Body>
      <Modal.Footer><Button type="primary" onClick={() => { setOpen(false); setSaid("confirmed"); }}>Return now</Button><Button onClick={() => setOpen(false)}>Cancel</Button></Modal.Footer></Modal>
    <p id="said">{said}</p>
  </>;
}
createRoot(document.getElementById("page")).render(<Page />);
