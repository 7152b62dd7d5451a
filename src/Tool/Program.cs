using System.Runtime.InteropServices;
using Decant.Tool;

using var console = ToolConsole.OfProcess();
void Interrupt(PosixSignalContext context) => context.Cancel = console.Interruption.Raise();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
return await DecantTool.RunAsync(args, console);
