// Lets whoever chooses a picture say which square of it is shown: it is moved by dragging or by the arrow keys, and brought nearer by the wheel, the
// slider, + or -. The form then sends that square. Without this, it sends the file, and a part that is chosen from a list.
for (const fields of document.querySelectorAll(".picture-fields")) {
  const [input, crop, canvas, zoom, part] = ["-file", "-crop", "-canvas", "-zoom", "-of"].map((end) => fields.querySelector(`.picture${end}`));
  const pen = canvas.getContext("2d");
  let image, kind, x, y;

  // How long a side of the square is, in the image's own pixels.
  const side = () => Math.min(image.width, image.height) / zoom.value;
  const draw = () => {
    const half = side() / 2;
    x = Math.min(Math.max(x, half), image.width - half);
    y = Math.min(Math.max(y, half), image.height - half);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, x - half, y - half, half * 2, half * 2, 0, 0, canvas.width, canvas.height);
  };
  const move = (right, down) => {
    const pixels = side() / canvas.clientWidth;
    x -= right * pixels;
    y -= down * pixels;
    draw();
  };
  const bring = (factor) => {
    zoom.value *= factor;
    draw();
  };

  input.addEventListener("change", async () => {
    const [file] = input.files;
    image = file && (await createImageBitmap(file).catch(() => undefined));
    // What the browser cannot draw, the server says why.
    crop.hidden = !image;
    part.hidden = !!image;
    if (!image) return;
    kind = file.type === "image/jpeg" ? file.type : "image/png";
    [x, y, zoom.value] = [image.width / 2, image.height / 2, 1];
    draw();
  });
  zoom.addEventListener("input", draw);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    bring(event.deltaY < 0 ? 1.1 : 1 / 1.1);
  });
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) move(event.movementX, event.movementY);
  });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [8, 0], ArrowRight: [-8, 0], ArrowUp: [0, 8], ArrowDown: [0, -8] };
    const factors = { "+": 1.1, "-": 1 / 1.1 };
    if (steps[event.key]) move(...steps[event.key]);
    else if (factors[event.key]) bring(factors[event.key]);
    else return;
    event.preventDefault();
  });
  input.form.addEventListener("submit", async (event) => {
    if (!image) return;
    event.preventDefault();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, kind, 0.92));
    const files = new DataTransfer();
    files.items.add(new File([blob], input.files[0].name, { type: kind }));
    input.files = files.files;
    input.form.submit();
  });
}
