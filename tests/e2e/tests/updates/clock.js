// Lets the background believe what the test says of the clock: so many milliseconds off.
{
  const right = Date.now;
  let off = 0;
  Date.now = () => right() + off;
  new BroadcastChannel("clock").onmessage = ({ data }) => (off = data);
}
