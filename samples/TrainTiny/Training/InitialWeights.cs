using Decant.Connectors.Models;
using Decant.Connectors.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Decant.Samples.TrainTiny.Training;

/// <summary>
/// Random weights with a copying circuit already in place: a head of the first layer that looks at the token before, and a head of the second
/// that looks behind earlier occurrences of the current token and says what followed. Models find this "induction" circuit by themselves
/// (Olsson et al. 2022), but at this size only after far more text than an hour allows; training then shapes it freely.
/// </summary>
/// <remarks>
/// The residual stream's first dimensions hold a token's code, the next as many the code of the token before; the last dimension is the same for
/// all tokens and lets a head look by position alone.
/// </remarks>
internal static class InitialWeights
{
    // Ten times the usual, so that the first updates do not wash the codes away; the final norm takes it back.
    private const float Deviation = 0.2f;
    private const float UsualDeviation = 0.02f;
    private const float ConstantAfterNorm = 6;
    private const double RotaryBase = 10000;

    /// <summary>Writes a folder's model.safetensors.</summary>
    public static void Write(string folder, ModelShape shape, long seed)
    {
        using var model = TorchTransformer.Create(Checkpoint.ReadConfig(folder), seed);
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var code = shape.Hidden / shape.Heads;
        var constant = ConstantAfterNorm * Deviation / Math.Sqrt(1 - (ConstantAfterNorm * ConstantAfterNorm / shape.Hidden));
        var embedding = model.Parameters["model.embed_tokens.weight"];
        embedding.mul_(Deviation / UsualDeviation);
        model.Parameters["model.norm.weight"].fill_(UsualDeviation / Deviation);
        embedding.narrow(1, code, code).zero_();
        embedding.narrow(1, shape.Hidden - 1, 1).fill_(constant);
        // What random matrices would add to the stream is larger than the codes: it would drown them.
        foreach (var layer in (int[])[0, 1])
        {
            Parameter(model, layer, "self_attn.o_proj").zero_();
            Parameter(model, layer, "mlp.down_proj").zero_();
        }

        LookBack(model, shape, code);
        FindAndCopy(model, code);
        model.Save(Path.Combine(folder, "model.safetensors"));
    }

    // Rotary angles of the fast pairs tell neighbours apart: a query turned back by one position meets the key of the position before.
    private static void LookBack(TorchTransformer model, ModelShape shape, int code)
    {
        var (query, key) = (Head(model, 0, "q_proj"), Head(model, 0, "k_proj"));
        key.zero_();
        var half = code / 2;
        var last = shape.Hidden - 1;
        for (var pair = 0; pair < half * 3 / 8; pair++)
        {
            var angle = Math.Pow(RotaryBase, -(double)pair / half);
            key[pair, last] = 1.5f;
            query[pair, last] = (float)Math.Cos(angle);
            query[pair + half, last] = (float)-Math.Sin(angle);
        }

        Identity(Head(model, 0, "v_proj"), 0, code, 1);
        Identity(Parameter(model, 0, "self_attn.o_proj"), code, code, 1.5f * Deviation, transposed: true);
    }

    // The current token's code asks for positions whose "token before" is the same. Slow pairs compare, fast ones would blur with the distance.
    private static void FindAndCopy(TorchTransformer model, int code)
    {
        var (query, key) = (Head(model, 1, "q_proj"), Head(model, 1, "k_proj"));
        key.zero_();
        var half = code / 2;
        foreach (var start in (int[])[0, half])
        {
            for (var i = start + (half / 2); i < start + half; i++) (query[i, i], key[i, code + i]) = (1.8f, 1.8f);
        }

        Identity(Head(model, 1, "v_proj"), 0, code, 1);
        Identity(Parameter(model, 1, "self_attn.o_proj"), 0, code, 8 * Deviation, transposed: true);
    }

    // The rows of the first head.
    private static Tensor Head(TorchTransformer model, int layer, string name) => Parameter(model, layer, $"self_attn.{name}").narrow(0, 0, model.Config.HeadSize);

    private static Parameter Parameter(TorchTransformer model, int layer, string name) => model.Parameters[$"model.layers.{layer}.{name}.weight"];

    private static void Identity(Tensor matrix, int offset, int count, float value, bool transposed = false)
    {
        for (var i = 0; i < count; i++)
        {
            if (transposed) matrix[offset + i, i] = value;
            else matrix[i, offset + i] = value;
        }
    }
}
