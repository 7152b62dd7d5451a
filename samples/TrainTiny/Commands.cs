using Decant.Connectors.Text;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.Training;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny;

/// <summary>What the program can do.</summary>
internal static class Commands
{
    private const int AgreementExamplesPerFamily = 30;
    private static readonly HeldOutCases _cases = new(TinyWorld.Default);

    /// <summary>A few steps of the target, from nothing.</summary>
    public static void TrainBriefly(int steps, string work)
    {
        var folder = Path.Combine(work, "quick");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var options = Recipe.Target.Options with { Steps = steps, WarmUpSteps = Math.Min(20, steps / 2), CheckpointEvery = 0 };
        new Pipeline(folder).Train(Recipe.Target with { Options = options });
    }

    /// <summary>Trains, measures and publishes the models, or one of them.</summary>
    public static async Task TrainAllAsync(string? only, string work, string output)
    {
        var recipes = Recipe.All.Where(recipe => only is null || recipe.Name == only).ToList();
        if (recipes.Count == 0) throw new ArgumentException($"There is no model {only}. Models: {string.Join(", ", Recipe.All.Select(recipe => recipe.Name))}.");
        var pipeline = new Pipeline(work);
        foreach (var recipe in recipes) pipeline.Train(recipe);
        foreach (var recipe in recipes)
        {
            var folder = pipeline.FolderOf(recipe.Name);
            var figures = await MeasureAsync(folder, recipe.Teacher is { } teacher ? pipeline.FolderOf(teacher) : null);
            Report.Print(recipe.Name, figures);
            ModelCard.Write(Path.Combine(folder, "README.md"), recipe, TextTokenizer.Load(folder).Count, figures);
            pipeline.Publish(recipe, Path.Combine(output, recipe.Name));
        }
    }

    /// <summary>Measures a finished model.</summary>
    public static async Task EvaluateAsync(string folder, string? draft, string? json)
    {
        var figures = new Dictionary<string, List<Figure>> { [Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar))] = await MeasureAsync(folder, null) };
        if (draft is not null) figures["draft"] = [await AgreementAsync(folder, draft)];
        foreach (var (model, list) in figures) Report.Print(model, list);
        if (json is not null) Report.Write(json, figures);
    }

    /// <summary>Prints training examples, what is learnt in green.</summary>
    public static void ShowExamples(int count)
    {
        foreach (var example in Mixture.General(TinyWorld.Default).Examples(1).Take(count))
        {
            foreach (var piece in ExampleText.Default.Pieces(example)) Console.Write(piece.IsAnswer && !Console.IsOutputRedirected ? $"\e[32m{piece.Text}\e[0m" : piece.Text);
            Console.WriteLine();
        }
    }

    // A draft is measured by its target, the pair for proxy tuning by its tone, anything else by everything.
    private static async Task<List<Figure>> MeasureAsync(string folder, string? target)
    {
        if (target is not null) return [await AgreementAsync(target, folder)];
        using var subject = new Subject(folder);
        var evaluator = new Evaluator(subject, _cases, TinyWorld.Default);
        if (subject.Name == Recipe.Draft.Name && Directory.Exists(Sibling(folder, Recipe.Target.Name))) return [await AgreementAsync(Sibling(folder, Recipe.Target.Name), folder)];
        if (subject.Name == Recipe.Plain.Name || subject.Name == Recipe.Polite.Name) return await evaluator.MeasureToneAsync(subject.Name == Recipe.Polite.Name);
        return await evaluator.MeasureAsync();
    }

    private static string Sibling(string folder, string name) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar))!, name);

    private static async Task<Figure> AgreementAsync(string target, string draft)
    {
        using var targetSubject = new Subject(target);
        using var draftSubject = new Subject(draft);
        return await DraftAgreement.MeasureAsync(targetSubject, draftSubject, _cases.Sample(AgreementExamplesPerFamily));
    }
}
