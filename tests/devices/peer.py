"""An independent Modbus peer (pymodbus, Debian package python3-pymodbus) for tests/unit/devices/peer.c.

peer.py serve               serves units 1 and 2 on a free port of loopback, prints the port, ends when stdin closes
peer.py read PORT UNIT FUNCTION ADDRESS COUNT
                            reads from a server and prints the registers, "exception N" or "silent"
Exit status 77: pymodbus is not installed.
"""

import asyncio
import importlib.util
import logging
import socket
import sys
import types

# pymodbus imports these even where only TCP is spoken; Debian only recommends them.
for name in ("serial", "serial_asyncio"):
    if importlib.util.find_spec(name) is None:
        sys.modules[name] = types.SimpleNamespace(create_serial_connection=None)
try:
    from pymodbus.client import ModbusTcpClient
    from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
    from pymodbus.exceptions import ModbusException
    from pymodbus.server.async_io import ModbusTcpServer
except ImportError:
    sys.exit(77)

logging.disable(logging.CRITICAL)


def unit(registers):
    """A device whose holding and input registers begin at address 0; anything behind them is an illegal address."""
    block = ModbusSequentialDataBlock(0, registers)
    return ModbusSlaveContext(hr=block, ir=block, zero_mode=True)


async def serve():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # unit 1: -12.34 °C and 56.78 %RH as the profile "fridge" has them; unit 2: a broken probe
    units = {1: unit([0x10000 - 1234, 5678]), 2: unit([0x7FFF, 5678])}
    server = ModbusTcpServer(ModbusServerContext(slaves=units, single=False), address=("127.0.0.1", port),
                             ignore_missing_slaves=True)
    task = asyncio.ensure_future(server.serve_forever())
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    task.cancel()


def read(port, slave, function, address, count):
    client = ModbusTcpClient("127.0.0.1", port=port, timeout=1, retries=0)
    client.connect()
    ask = client.read_holding_registers if function == 3 else client.read_input_registers
    try:
        answer = ask(address, count, slave=slave)
    except ModbusException:
        answer = None
    client.close()
    if answer is None or (answer.isError() and not hasattr(answer, "exception_code")):
        print("silent")
    elif answer.isError():
        print("exception", answer.exception_code)
    else:
        print(*answer.registers)


if sys.argv[1] == "serve":
    asyncio.run(serve())
else:
    read(*map(int, sys.argv[2:]))
