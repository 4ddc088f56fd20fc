export const agreements = Array.from({ length: 10 }, (_, index) => `Agreement ${index + 1}`);
export const regions = ["Guangzhou", "Shanghai", "Beijing"];
export const instances = [
  { id: "dcdbt-1", status: "Running", zone: "Zone 3" },
  { id: "dcdbt-2", status: "Isolated", zone: "Zone 4" },
];
