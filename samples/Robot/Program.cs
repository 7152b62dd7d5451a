using System.Globalization;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Samples.Robot;
using Microsoft.Extensions.AI;

const string usage = """
    A robot is to feed animals. A language model knows what they eat and where they live; the robot knows what it can reach.

      dotnet run -c Release --project samples/Robot -- [--tasks N] [--temperature X] [--model FOLDER]

      --tasks N             animals to feed (default: 200)
      --temperature X       of the model's draws, at least 0 (default: 1)
      --model FOLDER        a model of the embedded ones' language (default: decant-tiny-draft, which knows less than decant-tiny)
    """;

var (tasks, temperature, model) = (200, 1f, EmbeddedModels.Draft);
for (var i = 0; i < args.Length; i += 2)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    var valid = args[i] switch
    {
        "--tasks" => int.TryParse(value, CultureInfo.InvariantCulture, out tasks) && tasks > 0,
        "--temperature" => float.TryParse(value, CultureInfo.InvariantCulture, out temperature) && temperature >= 0,
        "--model" => (model = value).Length > 0,
        _ => false,
    };
    if (valid) continue;
    Console.Error.WriteLine(usage);
    return args[i] is "--help" or "-h" ? 0 : 2;
}

using var client = LocalChatClient.Load(model, new LocalChatClientOptions { Engine = ChatEngine.Cpu });
var planner = new Planner(client, temperature);
var (plain, grounded, impossible) = (0, 0, 0);
var shown = false;
for (var task = 0; task < tasks; task++)
{
    var chore = Chore.Draw(task);
    var (alone, together) = (await planner.PlanAsync(chore, grounded: false, task), await planner.PlanAsync(chore, grounded: true, task));
    plain += Planner.Succeeds(alone) ? 1 : 0;
    grounded += Planner.Succeeds(together) ? 1 : 0;
    impossible += alone[^1].Distance is null ? 1 : 0;

    // One task in which the two differ, as an example.
    if (shown || Planner.Succeeds(alone) || !Planner.Succeeds(together)) continue;
    shown = true;
    Console.WriteLine($"{chore.World}\n\nTask {task}: feed the {chore.Animal.Name}.");
    Console.WriteLine($"  the model alone:\n    {string.Join("\n    ", alone)}");
    Console.WriteLine($"  with the robot's reach:\n    {string.Join("\n    ", together)}\n");
}

string Share(int count) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / tasks:f1} % ({count} of {tasks})");
Console.WriteLine($"""
    {model} at temperature {temperature.ToString(CultureInfo.InvariantCulture)}, {tasks} tasks, animals fed:
      the model alone          {Share(plain)}; {Share(impossible)} ended with something that cannot be reached
      with the robot's reach   {Share(grounded)}
    The model was trained on facts about animals and on nothing about robots: it names goods and places, the program finds the ways.
    """);
return 0;
