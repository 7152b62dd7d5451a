using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Decant.Connectors.Chat;

namespace Decant.Tests.Telemetry;

/// <summary>Listens to the instruments, of one model only: other tests run meanwhile.</summary>
internal sealed class MetricsRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measurements = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new();
    private readonly string _model;

    /// <param name="model">Whose measurements to keep.</param>
    /// <param name="instruments">Those to listen to; none: all.</param>
    public MetricsRecorder(string model, params string[] instruments)
    {
        _model = model;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != DecodingTelemetry.SourceName) return;
            _instruments[instrument.Name] = instrument;
            if (instruments.Length == 0 || instruments.Contains(instrument.Name)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        _listener.Start();
    }

    public IReadOnlyCollection<Instrument> Instruments => [.. _instruments.Values];

    public IReadOnlyList<(string Name, double Value, Dictionary<string, object?> Tags)> All => [.. _measurements];

    public IReadOnlyList<(double Value, Dictionary<string, object?> Tags)> Of(string name) => [.. _measurements.Where(each => each.Name == name).Select(each => (each.Value, each.Tags))];

    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = new Dictionary<string, object?>(tags.ToArray());
        if (Equals(all.GetValueOrDefault("gen_ai.request.model"), _model)) _measurements.Enqueue((name, value, all));
    }
}
