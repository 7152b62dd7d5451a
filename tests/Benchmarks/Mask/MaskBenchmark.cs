using System.Diagnostics;
using System.Text;
using Decant.Decoding;

namespace Decant.Benchmarks.Mask;

/// <summary>What constraints cost: compiling a schema, a mask over 128,000 tokens at every place of JSON texts, memory; and what they cost and save per token beside a model of the 135M shape.</summary>
internal static class MaskBenchmark
{
    public static async Task RunAsync(string[] args)
    {
        var (data, json) = Arguments(args);
        var text = data is null ? Prose() : string.Concat(Directory.EnumerateFiles(Path.Combine(data, "train_text"), "*.txt").Order(StringComparer.Ordinal).Select(File.ReadAllText));
        List<SchemaSample> samples = [.. SchemaSample.Usual];
        if (data is not null) samples.AddRange(SchemaSample.Suite(Path.Combine(data, "structured", "JSON-Schema-Test-Suite", "tests_draft2020-12.tar.gz")));
        var report = new Report();
        MeasureMasks(report, text, samples);
        await ModelCost.MeasureAsync(report, text);
        await report.SaveAsync(json);
    }

    private static (string? Data, string? Json) Arguments(string[] args)
    {
        string? data = null, json = null;
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) throw new ArgumentException($"{args[i]} needs a value.");
            if (args[i] == "--data") data = args[i + 1];
            else if (args[i] == "--json") json = args[i + 1];
            else throw new ArgumentException($"{args[i]} is not an option. Known: --data FOLDER, --json FILE.");
        }

        return (data, json);
    }

    private static void MeasureMasks(Report report, string text, List<SchemaSample> samples)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var vocabulary = new SyntheticVocabulary(text);
        report.Add("vocabulary", vocabulary.Count);
        report.Add("vocabulary_seconds", Math.Round(watch.Elapsed.TotalSeconds, 1));
        report.Add("vocabulary_mib", Math.Round((GC.GetTotalMemory(forceFullCollection: true) - before) / 1048576.0, 1));

        // Twice, for the first time the runtime compiles our code as well.
        for (var round = 0; round < 3; round++)
        {
            var (compile, masks, made, refused) = (new List<double>(), new List<double>(), new List<double>(), 0);
            foreach (var sample in samples)
            {
                if (Compile(vocabulary, sample, compile) is not { } grammar) continue;
                foreach (var written in sample.Texts)
                {
                    var ids = vocabulary.Encode(Encoding.UTF8.GetBytes(written));
                    if (!Read(grammar, ids, masks, made)) refused++;
                }
            }

            if (round < 2) continue;
            report.Add("schemas", samples.Count);
            report.Add("texts_refused", refused);
            Percentiles.Add(report, "compile_milliseconds", compile);
            Percentiles.Add(report, "mask_microseconds", masks);
            Percentiles.Add(report, "mask_never_seen_before_microseconds", made);
        }

        before = GC.GetTotalMemory(forceFullCollection: true);
        var usual = SchemaSample.Usual.Select(sample => (Grammar: Compile(vocabulary, sample, [])!, sample.Texts)).ToList();
        foreach (var (grammar, texts) in usual)
        {
            foreach (var written in texts) Read(grammar, vocabulary.Encode(Encoding.UTF8.GetBytes(written)), [], []);
        }

        report.Add("usual_grammars_mib", Math.Round((GC.GetTotalMemory(forceFullCollection: true) - before) / 1048576.0, 1));
        GC.KeepAlive(usual);
    }

    private static CompiledGrammar? Compile(SyntheticVocabulary vocabulary, SchemaSample sample, List<double> milliseconds)
    {
        var options = new JsonSchemaOptions { Schema = sample.Schema };
        var watch = Stopwatch.StartNew();
        try
        {
            var grammar = options.CompileGrammar(vocabulary);
            milliseconds.Add(watch.Elapsed.TotalMilliseconds);
            return grammar;
        }
        catch (Exception exception) when (exception is ArgumentException or ConstraintLimitException)
        {
            return null;
        }
    }

    private static bool Read(CompiledGrammar grammar, List<int> ids, List<double> masks, List<double> made)
    {
        var mask = new ulong[2000];
        var place = CompiledGrammar.First;
        foreach (var id in ids)
        {
            Array.Fill(mask, ulong.MaxValue);
            var isNew = !grammar.IsMaskKnown(place);
            var watch = Stopwatch.StartNew();
            grammar.FillMask(place, mask);
            masks.Add(watch.Elapsed.TotalMicroseconds);
            if (isNew) made.Add(masks[^1]);
            place = grammar.Next(place, id);
            if (place == CompiledGrammar.Refused) return false;
        }

        return true;
    }

    // Words of random syllables, where there is no text at hand.
    private static string Prose()
    {
        var random = new Random(1);
        string[] syllables = [.. "bcdfghjklmnprstvwz".SelectMany(consonant => "aeiou".Select(vowel => $"{consonant}{vowel}")), "n", "st", "ing", "er"];
        var prose = new StringBuilder();
        for (var word = 0; word < 200_000; word++)
        {
            for (var count = random.Next(1, 6); count > 0; count--) prose.Append(syllables[random.Next(syllables.Length)]);
            prose.Append(' ');
        }

        return prose.ToString();
    }
}
