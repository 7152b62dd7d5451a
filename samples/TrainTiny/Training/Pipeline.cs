using Decant.Connectors.Models;
using Decant.Connectors.Text;
using Decant.Connectors.Torch;
using Decant.Connectors.Training;
using static TorchSharp.torch;

namespace Decant.Samples.TrainTiny.Training;

/// <summary>Makes the models one after the other in a folder of its own. A run that was stopped goes on from its last checkpoint.</summary>
/// <param name="folder">Where the models' folders go, checkpoints included.</param>
internal sealed class Pipeline(string folder)
{
    private readonly TrainedTokenizer _tokenizer = ModelFiles.LearnTokenizer();

    /// <summary>The folder of a model.</summary>
    public string FolderOf(string name) => Path.Combine(folder, name);

    /// <summary>Trains a model and writes its weights.</summary>
    public void Train(Recipe recipe)
    {
        var target = FolderOf(recipe.Name);
        ModelFiles.Write(target, recipe.Shape, _tokenizer);
        var weights = Path.Combine(target, "model.safetensors");
        if (recipe.Start is { } start) File.Copy(Path.Combine(FolderOf(start), "model.safetensors"), weights, overwrite: true);
        else InitialWeights.Write(target, recipe.Shape, recipe.Options.Seed);

        using var teacher = recipe.Teacher is { } name ? TorchTransformer.Load(FolderOf(name), dtype: ScalarType.BFloat16, trainable: false) : null;
        using var trainer = Trainer.Open(target, recipe.Options, teacher);
        if (trainer.Step > 0) Console.WriteLine($"{recipe.Name}: going on from step {trainer.Step}. To start over, delete {target}.");
        var stream = new TrainingStream(TextTokenizer.Load(target));
        trainer.Train(stream.Tokens(recipe.Corpus.Examples(recipe.CorpusSeed)), new TrainingBar(recipe.Name));
        trainer.Export(ElementType.BF16);
    }

    /// <summary>Copies a finished model, without checkpoints, to where it is shipped.</summary>
    public void Publish(Recipe recipe, string destination)
    {
        Directory.CreateDirectory(destination);
        foreach (var file in Directory.EnumerateFiles(FolderOf(recipe.Name))) File.Copy(file, Path.Combine(destination, Path.GetFileName(file)), overwrite: true);
    }
}
