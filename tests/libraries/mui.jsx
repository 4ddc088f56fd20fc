import React, { useState } from "react";
import { createRoot } from "react-dom/client";
import { Button, Checkbox, Dialog, DialogActions, DialogContent, DialogTitle, FormControl, FormControlLabel, InputLabel, MenuItem, Select, Table, TableBody, TableCell, TableHead, TableRow, TextField } from "@mui/material";
import { agreements, instances, regions } from "./data.js";

function Page() {
  const [open, setOpen] = useState(false);
  const [region, setRegion] = useState("");
  const [said, setSaid] = useState("-");
  return <>
    {agreements.map((name) => <p key={name}><FormControlLabel control={<Checkbox />} label={<span>I agree to <a href="#left">{name}</a></span>} /></p>)}
    <FormControl sx={{ width: 300 }}><InputLabel id="region-label">Region</InputLabel>
      <Select labelId="region-label" id="region" label="Region" value={region} onChange={(event) => setRegion(event.target.value)}>{regions.map((name) => <MenuItem key={name} value={name}>{name}</MenuItem>)}</Select></FormControl>
    <p><TextField label="Name" /></p>
    <p><TextField label="Quantity" type="number" defaultValue={1} /></p>
    <div style={{ width: 600, overflow: "auto" }}><Table sx={{ width: 1040 }}>
      <TableHead><TableRow><TableCell sx={{ position: "sticky", left: 0, background: "#fff", zIndex: 1 }}>ID</TableCell><TableCell>Status</TableCell><TableCell>Zone</TableCell><TableCell sx={{ position: "sticky", right: 0, background: "#fff" }}>Operation</TableCell></TableRow></TableHead>
      <TableBody>{instances.map((row) => <TableRow key={row.id}><TableCell sx={{ position: "sticky", left: 0, background: "#fff" }}>{row.id}</TableCell><TableCell>{row.status}</TableCell><TableCell>{row.zone}</TableCell>
        <TableCell sx={{ position: "sticky", right: 0, background: "#fff" }}><Button onClick={() => setSaid(`returned ${row.id}`)}>Return</Button></TableCell></TableRow>)}</TableBody></Table></div>
    <Button onClick={() => setOpen(true)}>Terminate</Button>
    <Dialog open={open} onClose={() => setOpen(false)} aria-labelledby="title"><DialogTitle id="title">Return the instance</DialogTitle><DialogContent>It is gone then.</DialogContent>
      <DialogActions><Button onClick={() => setOpen(false)}>Cancel</Button><Button onClick={() => { setOpen(false); setSaid("confirmed"); }}>Return now</Button></DialogActions></Dialog>
    <p id="said">{said}</p>
  </>;
}
createRoot(document.getElementById("page")).render(<Page />);
