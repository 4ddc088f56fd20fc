// A stepper: its buttons act when the mouse goes down. What is typed counts once the field is left, or on Enter; what is
// out of range is left to be refused.
const steps = {
  of: (stepper) => ['min', 'max', 'step'].map((key) => stepper.dataset[key] === '' ? Infinity : Number(stepper.dataset[key])),
  mark(stepper) {
    const [min, max] = steps.of(stepper);
    const value = Number(stepper.querySelector('input').value);
    stepper.querySelector('.tea-inputnum__minus').classList.toggle('is-disabled', value <= min);
    stepper.querySelector('.tea-inputnum__plus').classList.toggle('is-disabled', value >= max);
  },
};
document.addEventListener('mousedown', (event) => {
  const button = event.target.closest('.tea-inputnum__minus, .tea-inputnum__plus');
  if (!button || event.button !== 0) return;
  event.preventDefault(); // the field keeps the focus, or gets it
  const stepper = button.parentElement;
  const input = stepper.querySelector('input');
  input.focus();
  if (button.classList.contains('is-disabled') || !/^\d+$/.test(input.value.trim())) return;
  const step = steps.of(stepper)[2];
  take(input, String(Number(input.value) + (button.matches('.tea-inputnum__plus') ? step : -step)));
});
document.addEventListener('change', (event) => {
  const stepper = event.target.closest('.tea-inputnum');
  if (stepper) steps.mark(stepper);
}, true);
for (const stepper of document.querySelectorAll('.tea-inputnum')) steps.mark(stepper);
