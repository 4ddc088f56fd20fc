export default {
  workers: 2,
  fullyParallel: true,
  reporter: 'line',
  timeout: 60000,
  use: { launchOptions: { executablePath: process.env.PEER_BROWSER, args: JSON.parse(process.env.PEER_ARGS) }, headless: true },
};
