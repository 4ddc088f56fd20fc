import { createApp, h, ref } from "vue";
import { ElButton, ElCheckbox, ElDialog, ElInput, ElInputNumber, ElOption, ElSelect, ElTable, ElTableColumn } from "element-plus";
import "element-plus/dist/index.css";
import { agreements, instances, regions } from "./data.js";

const ticked = ref(agreements.map(() => false));
const region = ref(""), name = ref(""), quantity = ref(1), open = ref(false), said = ref("-");
const bound = (to) => ({ modelValue: to.value, "onUpdate:modelValue": (value) => { to.value = value; } });
const Page = {
  render: () => [
    ...agreements.map((agreement, index) => h("p", { key: agreement }, [
      h(ElCheckbox, { modelValue: ticked.value[index], "onUpdate:modelValue": (value) => { ticked.value[index] = value; } },
        () => ["I agree to ", h("a", { href: "#left" }, agreement)]),
    ])),
    h("p", {}, [h("label", { for: "region" }, "Region"), h(ElSelect, { id: "region", style: "width: 200px", placeholder: "Choose a region", ...bound(region) },
      () => regions.map((label) => h(ElOption, { key: label, label, value: label })))]),
    h("p", {}, [h("label", { for: "name" }, "Name"), h(ElInput, { id: "name", style: "width: 200px", ...bound(name) })]),
    h("p", {}, [h("label", { for: "quantity" }, "Quantity"), h(ElInputNumber, { id: "quantity", min: 1, max: 10, ...bound(quantity) })]),
    h(ElTable, { data: instances, style: "width: 600px" }, () => [
      h(ElTableColumn, { prop: "id", label: "ID", fixed: "left", width: 120 }),
      h(ElTableColumn, { prop: "status", label: "Status", width: 400 }),
      h(ElTableColumn, { prop: "zone", label: "Zone", width: 400 }),
      h(ElTableColumn, { label: "Operation", fixed: "right", width: 120 }, {
        default: ({ row }) => h(ElButton, { onClick: () => { said.value = `returned ${row.id}`; } }, () => "Return"),
      }),
    ]),
    h(ElButton, { onClick: () => { open.value = true; } }, () => "Terminate"),
    h(ElDialog, { title: "Return the instance", ...bound(open) }, {
      default: () => "It is gone then.",
      footer: () => [h(ElButton, { onClick: () => { open.value = false; } }, () => "Cancel"),
        h(ElButton, { type: "primary", onClick: () => { open.value = false; said.value = "confirmed"; } }, () => "Return now")],
    }),
    h("p", { id: "said" }, said.value),
  ],
};
createApp(Page).mount("#page");
