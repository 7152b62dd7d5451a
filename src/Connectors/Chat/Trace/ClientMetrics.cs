using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Observes the load of all clients that are not disposed, when somebody asks. Keeps none of them alive.</summary>
internal static class ClientMetrics
{
    private static readonly ConditionalWeakTable<LocalChatClient, BatchWindow> _clients = [];

    static ClientMetrics()
    {
        var meter = DecodingMetrics.Meter;
        meter.CreateObservableUpDownCounter("decant.calls.running", () => Sum(Read(), load => load.RunningCalls), "{call}", "Calls that are being answered.");
        meter.CreateObservableUpDownCounter("decant.calls.queued", () => Sum(Read(), load => load.QueuedCalls), "{call}", "Calls that wait for their turn.");
        meter.CreateObservableCounter("decant.calls.refused", () => Sum(Read(), load => load.RefusedCalls), "{call}", "Calls refused because the queue was full or their deadline had passed.");
        meter.CreateObservableGauge("decant.engine.batch_size", () => BatchSizes(Read()), "{request}", "Mean number of requests in a step since the last observation.");
        meter.CreateObservableCounter("decant.engine.steps", () => SumOfEngines(Read(), load => load.Steps), "{step}", "Passes over the weights.");
        meter.CreateObservableCounter("decant.engine.step_rows", () => SumOfEngines(Read(), load => load.StepRows), "{row}", "Rows in all steps.");
        meter.CreateObservableUpDownCounter("decant.kv.used_tokens", () => SumOfEngines(Read(), load => load.KvTokensInUse), "{token}", "Tokens of keys and values in memory.");
        meter.CreateObservableUpDownCounter("decant.kv.capacity_tokens", () => SumOfEngines(Read(), load => load.KvTokenBudget), "{token}", "How many there may be, where there is a budget.");
        meter.CreateObservableCounter("decant.kv.preemptions", () => SumOfEngines(Read(), load => load.Preemptions), "{preemption}", "How often a sequence gave up its memory for another.");
    }

    public static void Add(LocalChatClient client) => _clients.Add(client, new BatchWindow());

    public static void Remove(LocalChatClient client) => _clients.Remove(client);

    /// <summary>Sums over clients of one model.</summary>
    internal static IEnumerable<Measurement<long>> Sum(IEnumerable<ClientReading> clients, Func<ClientLoad, long?> read)
        => clients.Where(client => read(client.Load) is not null).GroupBy(client => client.Model)
            .Select(model => new Measurement<long>(model.Sum(client => read(client.Load)!.Value), Tag(model.Key)));

    /// <summary>The same for figures of the engine, which clients may share.</summary>
    internal static IEnumerable<Measurement<long>> SumOfEngines(IEnumerable<ClientReading> clients, Func<ClientLoad, long?> read)
        => Sum(clients.DistinctBy(client => (client.Model, client.Engine)), read);

    internal static IEnumerable<Measurement<double>> BatchSizes(IEnumerable<ClientReading> clients)
    {
        foreach (var model in clients.DistinctBy(client => (client.Model, client.Engine)).GroupBy(client => client.Model))
        {
            var (steps, requests) = model.Select(client => client.Window.Advance(client.Load)).Aggregate((sum, next) => (sum.Steps + next.Steps, sum.Requests + next.Requests));
            if (steps > 0) yield return new Measurement<double>((double)requests / steps, Tag(model.Key));
        }
    }

    private static KeyValuePair<string, object?> Tag(string model) => new("gen_ai.request.model", model);

    private static IEnumerable<ClientReading> Read() => _clients.Select(pair => new ClientReading(
        pair.Key.GetService<ChatClientMetadata>()!.DefaultModelId!, pair.Key.GetService<ICausalModel>()!, pair.Key.GetLoad(), pair.Value));
}
